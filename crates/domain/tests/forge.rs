//! What must not compile: each file in `forged/` skips one step between a wish and a change.

#[test]
fn a_skipped_step_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/forged/*.rs");
}
