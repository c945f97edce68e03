"""What brings a store up to date. Until the first release 0001 is made anew; afterwards nothing here changes."""
