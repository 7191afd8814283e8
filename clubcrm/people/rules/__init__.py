"""Pure decisions about people: normal forms, names, birthdays, likeness, rows of a sheet."""
