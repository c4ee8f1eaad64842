"""Tests of listings: what is asked, and what comes of it."""
