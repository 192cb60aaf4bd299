//! The examples, run as a user would run them.

macro_rules! examples {
    ($($name:ident: $path:literal),+ $(,)?) => {
        $(
            #[path = $path]
            mod $name;

            #[test]
            fn $name() {
                $name::main().unwrap();
            }
        )+
    };
}

examples!(
    train: "../examples/train.rs",
    score_stream: "../examples/score_stream.rs",
    explain: "../examples/explain.rs",
    compare: "../examples/compare.rs",
    solver: "../examples/solver.rs",
);
