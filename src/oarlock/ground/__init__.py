"""The ground floor: working time, money, periods, ids and problems. Standard library and `holidays` only."""
