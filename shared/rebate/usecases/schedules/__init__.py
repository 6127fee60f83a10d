"""What the clock starts: clearings, payouts, dividends, releases."""
