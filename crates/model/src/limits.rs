/// How much of anything a reader takes in before it says so and stops.
///
/// Passing a limit is an error or a [`crate::Problem`] with its place, never silence.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one report.
    pub report_bytes_max: u64,
    /// Bytes of one line or one record of a log.
    pub record_bytes_max: usize,
    /// Fields of one event.
    pub fields_max: usize,
    /// Depth of nested values, folders and archives inside archives.
    pub depth_max: usize,
    /// Files in one run, archive members included.
    pub files_max: usize,
    /// Bytes one archive may unpack to.
    pub unpacked_bytes_max: u64,
    /// How many times its packed size an archive member may unpack to.
    pub unpack_ratio_max: u64,
    /// Bytes of one file that YARA rules look at, held in memory while they do.
    pub content_bytes_max: usize,
    /// Matches kept for correlations in one run.
    pub observations_max: usize,
    /// Problems kept in detail for one file; the rest is counted.
    pub problems_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            report_bytes_max: 64 << 20,
            record_bytes_max: 16 << 20,
            fields_max: 4_096,
            depth_max: 64,
            files_max: 1_000_000,
            unpacked_bytes_max: 64 << 30,
            unpack_ratio_max: 1_000,
            content_bytes_max: 64 << 20,
            observations_max: 1_000_000,
            problems_max: 100,
        }
    }
}
