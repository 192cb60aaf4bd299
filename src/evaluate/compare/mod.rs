//! Several systems on the same documents, or one on several splits.

pub(super) mod objective;
pub mod paired;
pub(super) mod split_gap;
pub(super) mod systems;
