"""The faces: console for staff, public pages for anybody. They never import one another."""
