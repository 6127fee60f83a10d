"""What Cognito asks before it makes tokens (pre token generation, version V2_0)."""
