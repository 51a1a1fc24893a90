"""How fast the product is beside its floor, measured in one run (`make bench`)."""
