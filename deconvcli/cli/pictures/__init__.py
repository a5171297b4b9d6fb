"""Networks of models and of configs, as the data that pictures of networks are made from."""
