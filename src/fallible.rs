//! Collections that grow where memory may be refused: inside nginx, which goes on without it.
#![allow(clippy::disallowed_types, reason = "this is how they are used")]

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

/// A text of its own.
///
/// # Errors
///
/// There is no memory for it.
pub fn try_owned(text: &str) -> Result<String, TryReserveError> {
    let mut owned = String::new();
    owned.try_reserve_exact(text.len())?;
    owned.push_str(text);
    Ok(owned)
}

/// The elements as a vector.
///
/// # Errors
///
/// There is no memory for them.
#[cfg(feature = "nginx")]
pub fn try_collect<T>(elements: impl IntoIterator<Item = T>) -> Result<Vec<T>, TryReserveError> {
    let elements = elements.into_iter();
    let mut collected = Vec::new();
    collected.try_reserve_exact(elements.size_hint().0)?;
    for element in elements {
        collected.try_push(element)?;
    }
    Ok(collected)
}
