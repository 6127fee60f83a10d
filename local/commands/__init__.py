"""The commands of `rebate`, one module each."""
