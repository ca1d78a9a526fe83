"""Whether two names mean one power: names as catalogues, risk registers and flow charts print them."""
