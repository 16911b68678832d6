//! The same tests on every database.

/// Runs tests on a fresh store of each database.
macro_rules! on_each {
    ($($test:ident),+) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test(&mut *crate::store());
            })+
        }
    };
}
