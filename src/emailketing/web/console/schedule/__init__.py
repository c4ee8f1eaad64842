"""Runs of what recurs, and a schedule to try: when would it run?"""
