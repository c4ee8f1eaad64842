"""What `make bench` measures; each module returns figures made by `pairs.alternate`."""
