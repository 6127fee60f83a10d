"""What `cdk deploy` makes of this project: one construct per concern, composed in `infra.app`."""
