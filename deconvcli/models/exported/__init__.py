"""Programs that torch.export has saved: operations, sizes of tensors, guards on sizes."""
