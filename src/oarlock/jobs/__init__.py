"""Work that takes a while: measuring the lake under an agreement. Composes what lower floors offer."""
