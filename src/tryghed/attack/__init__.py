"""The attacker: reads what was published, and works out what it can. Shares no code with the gate it is to beat."""
