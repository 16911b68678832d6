pub(crate) fn read(
    _: &str,
    _: &[u8],
    _: &crate::Options,
) -> Result<crate::page::Page, crate::Error> {
    Ok(Default::default())
}
