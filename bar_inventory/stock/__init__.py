"""What lies where: the ledger of goods, lots, counts, and what it cost."""
