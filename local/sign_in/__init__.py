"""Signing in on this machine: an OpenID Connect issuer whose tokens are as those of the cloud."""
