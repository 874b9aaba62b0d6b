namespace TorchSharp;

/// <summary>How <see cref="torch.cdist"/> computes Euclidean distances: by a product of matrices where there are more than 25 rows, always, or never.</summary>
public enum compute_mode { use_mm_for_euclid_dist_if_necessary, use_mm_for_euclid_dist, donot_use_mm_for_euclid_dist }
