//! The house inspects itself: the law of floors, charters, sizes, the wire and the window. One file a subject.

mod files;
mod law;
mod tree;
mod window;
mod wire;
