// SPDX-License-Identifier: BSD-3-Clause
//! The Rust module on a device: run below `hfi1-emu run --`.

#[path = "../../../generated/rust/hfi1u.rs"]
mod hfi1u;

use hfi1u::*;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::io::AsFd;

const VERSION: u32 = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT | HFI1_USER_SWMINOR;
const EFAULT: i32 = 14;
const EINVAL: i32 = 22;
const ENODEV: i32 = 19;
const ENOLCK: i32 = 37;
const PAGE: usize = 4096;

#[repr(C, align(4096))]
struct Pages([u8; 2 * PAGE]);

fn open() -> File {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/hfi1_0")
        .expect("/dev/hfi1_0")
}

fn assigned() -> File {
    let file = open();
    let user = hfi1_user_info {
        userversion: VERSION,
        uuid: [7; 16],
        ..Default::default()
    };
    assign_ctxt(file.as_fd(), &user).expect("ASSIGN_CTXT");
    file
}

fn errno<T>(result: io::Result<T>) -> i32 {
    result.err().and_then(|e| e.raw_os_error()).unwrap_or(0)
}

#[test]
fn numbers() {
    assert_eq!(HFI1_IOCTL_ASSIGN_CTXT, 0xc01c1be1);
    assert_eq!(HFI1_IOCTL_CREDIT_UPD, 0x1be6);
    assert_eq!(HFI1_IOCTL_GET_VERS, 0x80041bee);
}

#[test]
fn versions() {
    let file = assigned();
    assert_eq!(get_vers(file.as_fd()).unwrap() as u32, VERSION);
    assert_eq!(user_info(file.as_fd()).unwrap().sw_version, VERSION);
    let info = ctxt_info(file.as_fd()).unwrap();
    assert_ne!(info.runtime_flags & HFI1_CAP_SDMA, 0);
    assert!(info.rcvtids > info.egrtids);
}

#[test]
fn refusals() {
    let file = open();
    assert_eq!(errno(ctxt_info(file.as_fd())), EINVAL);
    let mut user = hfi1_user_info::default();
    assert_eq!(errno(assign_ctxt(file.as_fd(), &user)), ENODEV);
    user.userversion = VERSION;
    user.subctxt_cnt = HFI1_MAX_SHARED_CTXTS as u16 + 1;
    assert_eq!(errno(assign_ctxt(file.as_fd(), &user)), EINVAL);
    let told: Vec<_> = explain("ASSIGN_CTXT", "ENODEV").map(|r| r.check).collect();
    assert_eq!(told, ["major-version"]);
}

#[test]
fn scalars() {
    let file = assigned();
    let fd = file.as_fd();
    recv_ctrl(fd, 0).unwrap();
    recv_ctrl(fd, 1).unwrap();
    poll_type(fd, HFI1_POLL_TYPE_URGENT as i32).unwrap();
    ack_event(fd, 0).unwrap();
    set_pkey(fd, 0x8001).unwrap();
    credit_upd(fd).unwrap();
    assert_eq!(errno(ctxt_reset(fd)), ENOLCK);
}

#[test]
fn registered_memory() {
    let file = assigned();
    let memory = Box::new(Pages([1; 2 * PAGE]));
    let mut words = [0u32; 8];
    let mut tid = hfi1_tid_info {
        vaddr: memory.0.as_ptr() as u64,
        tidlist: words.as_mut_ptr() as u64,
        length: 2 * PAGE as u32,
        ..Default::default()
    };
    unsafe { tid_update(file.as_fd(), &mut tid) }.unwrap();
    assert_eq!(tid.length, 2 * PAGE as u32);
    assert!(tid.tidcnt >= 1 && words[0] != 0);
    unsafe { tid_free(file.as_fd(), &mut tid) }.unwrap();
    tid.tidlist = 8;
    tid.length = PAGE as u32;
    assert_eq!(errno(unsafe { tid_update(file.as_fd(), &mut tid) }), EFAULT);
}
