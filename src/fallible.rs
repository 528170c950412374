//! Collections that grow where memory may be refused: inside nginx, which goes on without it.

use std::collections::TryReserveError;

/// Appending that may fail.
pub trait TryPush<T> {
    /// Appends an element.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    fn try_push(&mut self, element: T) -> Result<(), TryReserveError>;
}

impl<T> TryPush<T> for Vec<T> {
    fn try_push(&mut self, element: T) -> Result<(), TryReserveError> {
        self.try_reserve(1)?;
        self.push(element);
        Ok(())
    }
}

/// The elements as a vector.
///
/// # Errors
///
/// There is no memory for them.
pub fn try_collect<T>(elements: impl IntoIterator<Item = T>) -> Result<Vec<T>, TryReserveError> {
    let elements = elements.into_iter();
    let mut collected = Vec::new();
    collected.try_reserve_exact(elements.size_hint().0)?;
    for element in elements {
        collected.try_push(element)?;
    }
    Ok(collected)
}
