"""Where facts come from: business systems we are attached to, read without their knowing."""
