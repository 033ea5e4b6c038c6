"""Fine-tuning and continued pre-training with checkpoints to track."""
