"""The pages of executors and of the Government. A view loads, asks the model, renders or redirects."""
