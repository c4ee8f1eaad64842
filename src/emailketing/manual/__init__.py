"""The manual inside the product: one page for each thing a person does, and the words explained."""
