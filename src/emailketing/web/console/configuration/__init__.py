"""The whole configuration as one file: written out, compared with what is here, taken over."""
