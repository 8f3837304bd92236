//! The service's own rotation.

use coffer_backend::{RotationOrder, SecretStore};

use crate::{fresh, put, store};

#[tokio::test]
async fn a_rotation_is_set_up_read_back_and_refused_where_nothing_rotates() {
    let (store, name) = (store(), fresh("native"));
    put(&store, &name, "fake-value").await;
    let before = store.native_rotation(&name).await.unwrap();
    assert!(!before.enabled && before.last_rotated.is_none());
    assert_eq!((before.current, before.pending), (Some(1), None));
    assert!(store.cancel_native_rotation(&name).await.is_err());

    // Without a function moto runs none; what matters is what is sent and read back.
    let order = RotationOrder {
        automatically_after_days: Some(30),
        ..RotationOrder::default()
    };
    store.rotate_natively(&name, &order).await.unwrap();
    let after = store.native_rotation(&name).await.unwrap();
    assert!(after.enabled && after.last_rotated.is_some());
    assert_eq!(after.automatically_after_days, Some(30));
    assert!(store.metadata(&name).await.unwrap().current.is_some());
}
