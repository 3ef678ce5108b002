//! A process of the service that studies deploy, for the tests of this crate; the command
//! line is one of its own accord.

fn main() -> Result<(), tokenlab_studies::StudyError> {
    tokenlab_studies::deployment::service::serve()
}
