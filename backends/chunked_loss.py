"""Log-probabilities of completion tokens where TRL's Triton kernel is missing: TRL 1.15 needs it to train."""

from __future__ import annotations


def install() -> None:
    """Give TRL a PyTorch implementation of its fused LM head where Triton is missing; does nothing elsewhere."""
    from trl.trainer import utils

    if getattr(utils, "_ChunkedLogProbFunction", True) is None:
        utils._ChunkedLogProbFunction = ChunkedLogProb


class ChunkedLogProb:
    """Stands in for TRL's autograd function of the same call; gradients come from PyTorch."""

    @staticmethod
    def apply(hidden, weight, bias, labels, temperature, chunk_size, softcap, scale, outputs):
        """Per-token statistics of the next-token distribution.

        hidden (N, H), weight (V, H), bias (V,) or None, labels (N,). Returns (log_probs, entropy, log_sum_sq_probs,
        mean_logits, is_top1), each (N,) or None where `outputs` doesn't ask for it.
        """
        import torch
        from torch.utils.checkpoint import checkpoint

        parts = [
            checkpoint(_statistics, rows, weight, bias, wanted, temperature, softcap, scale, use_reentrant=False)
            for rows, wanted in zip(hidden.split(chunk_size), labels.split(chunk_size), strict=True)
        ]
        names = ("log_probs", "entropy", "log_sum_sq_probs", "mean_logits", "is_top1")
        columns = [torch.cat(column) for column in zip(*parts, strict=True)]
        return tuple(
            column if name == "log_probs" or name in outputs else None
            for name, column in zip(names, columns, strict=True)
        )


def _statistics(hidden, weight, bias, labels, temperature, softcap, scale):
    """The statistics of one chunk; logits (n, V) in float32 live only here."""
    import torch

    logits = torch.nn.functional.linear(hidden, weight, bias).float() * scale
    if softcap:
        logits = softcap * torch.tanh(logits / softcap)
    logits = logits / temperature
    log_probs = logits.log_softmax(-1)
    with torch.no_grad():
        probs = log_probs.exp()
        entropy = -(probs * log_probs).sum(-1)
        log_sum_sq = (2 * log_probs).logsumexp(-1)
        is_top1 = logits.argmax(-1) == labels
    return log_probs.gather(-1, labels[:, None])[:, 0], entropy, log_sum_sq, logits.mean(-1).detach(), is_top1
