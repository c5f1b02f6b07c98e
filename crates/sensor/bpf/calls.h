/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* System calls told as they are. Included by sensor.bpf.c, whose records and helpers it uses. */
#ifndef SEAWALL_CALLS_H
#define SEAWALL_CALLS_H

/* System-call numbers are below this on every architecture; those of 32-bit programs follow after as many. */
#define NUMBERS 512
#define RESULT 6
#define NO_BASE 255
#define PEEK_MESSAGE 1

/*
 * What is read of a call, mirrored in src/calls/table.rs. Arguments are told by their place counted from 1, RESULT + 1
 * stands for the result, 0 for none.
 */
struct plan {
	__u8 text[2]; /* texts in user memory */
	__u8 base[2]; /* the folder that each is relative to: 0 the working directory, NO_BASE for what is not a path */
	__u8 fd; /* the descriptor to describe */
	__u8 peek; /* a structure in user memory */
	__u8 flags;
	__u8 enabled;
};

/* The first part of a call's data, mirrored in src/calls/block.rs. */
struct block {
	__u64 args[8]; /* six arguments and the result */
	__u32 mode; /* of the descriptor's file */
	__u16 family; /* of its socket, and so on */
	__u16 type;
	__u16 protocol;
	__u16 state;
	__u16 local_port;
	__u16 remote_port;
	__u8 local[16];
	__u8 remote[16];
	__u8 peek[28];
	__u8 pad[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * NUMBERS);
	__type(key, __u32);
	__type(value, struct plan);
} CALLS SEC(".maps");

/* Appends a text of user memory; gives its length with the NUL. */
static __always_inline __u16 text(struct record *record, unsigned long from)
{
	__u32 at = record->used & DATA_MASK;
	long n = bpf_probe_read_user_str(&record->data[at], STRING_MAX, (void *)from);
	if (n <= 0)
		return 0;
	record->used = at + n;
	return n;
}

/* Appends the folder that a relative path starts from. */
static __always_inline __u16 base_of(struct record *record, struct task_struct *task, struct block *block, __u32 base)
{
	/* A walk takes up to 8 KiB: where two long texts left no such room, user space asks /proc. */
	if (base == NO_BASE || record->used > DATA_MASK - WALK_MAX * 256)
		return 0;
	__s32 dir = base ? (__s32)block->args[(base - 1) & 7] : AT_FDCWD;
	struct path path = {};
	if (dir == AT_FDCWD) {
		path.mnt = BPF_CORE_READ(task, fs, pwd.mnt);
		path.dentry = BPF_CORE_READ(task, fs, pwd.dentry);
	} else {
		struct file *file = file_of(task, dir);
		path.mnt = BPF_CORE_READ(file, f_path.mnt);
		path.dentry = BPF_CORE_READ(file, f_path.dentry);
	}
	return path.dentry ? walk_to(record, task, &path) : 0;
}

static __always_inline void describe_socket(struct block *block, struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sock = BPF_CORE_READ(socket, sk);
	block->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	block->state = BPF_CORE_READ(sock, __sk_common.skc_state);
	block->type = BPF_CORE_READ(sock, sk_type);
	block->protocol = BPF_CORE_READ(sock, sk_protocol);
	if (block->family == AF_INET) {
		__u32 address = BPF_CORE_READ(sock, __sk_common.skc_rcv_saddr);
		__builtin_memcpy(block->local, &address, 4);
		address = BPF_CORE_READ(sock, __sk_common.skc_daddr);
		__builtin_memcpy(block->remote, &address, 4);
	} else if (block->family == AF_INET6) {
		BPF_CORE_READ_INTO(&block->local, sock, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&block->remote, sock, __sk_common.skc_v6_daddr);
	} else {
		return;
	}
	block->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
	block->remote_port = __builtin_bswap16(BPF_CORE_READ(sock, __sk_common.skc_dport));
}

/* Any system call that a rule names, as the plan in CALLS says. Calls without a plan cost one look into an array. */
SEC("raw_tracepoint/sys_exit")
int on_call(__u64 *ctx)
{
	bool x86 = bpf_core_field_exists(struct pt_regs___x86, orig_ax);
	struct pt_regs___x86 *regs = (struct pt_regs___x86 *)ctx[0];
	struct pt_regs___arm64 *arm = (struct pt_regs___arm64 *)ctx[0];
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	bool compat = x86 && (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT);
	__u32 nr = x86 ? (__u32)BPF_CORE_READ(regs, orig_ax) & ~X32_BIT : (__u32)BPF_CORE_READ(arm, syscallno);
	if (nr >= NUMBERS)
		return 0;
	if (compat)
		nr += NUMBERS;
	struct plan *plan = bpf_map_lookup_elem(&CALLS, &nr);
	if (!plan || !plan->enabled || ignored(task))
		return 0;
	struct record *record = scratch(CALL);
	if (!record)
		return 0;
	fill(record, task, CALL);
	__s64 result = compat ? (__s64)(__s32)ctx[1] : (__s64)ctx[1];
	record->header.value = result;
	record->header.call = nr;
	struct block *block = (struct block *)record->data;
	__builtin_memset(block, 0, sizeof(*block));
	if (compat) {
		block->args[0] = (__u32)BPF_CORE_READ(regs, bx);
		block->args[1] = (__u32)BPF_CORE_READ(regs, cx);
		block->args[2] = (__u32)BPF_CORE_READ(regs, dx);
		block->args[3] = (__u32)BPF_CORE_READ(regs, si);
		block->args[4] = (__u32)BPF_CORE_READ(regs, di);
		block->args[5] = (__u32)BPF_CORE_READ(regs, bp);
	} else if (x86) {
		block->args[0] = BPF_CORE_READ(regs, di);
		block->args[1] = BPF_CORE_READ(regs, si);
		block->args[2] = BPF_CORE_READ(regs, dx);
		block->args[3] = BPF_CORE_READ(regs, r10);
		block->args[4] = BPF_CORE_READ(regs, r8);
		block->args[5] = BPF_CORE_READ(regs, r9);
	} else {
		block->args[0] = BPF_CORE_READ(arm, orig_x0);
		block->args[1] = BPF_CORE_READ(arm, regs[1]);
		block->args[2] = BPF_CORE_READ(arm, regs[2]);
		block->args[3] = BPF_CORE_READ(arm, regs[3]);
		block->args[4] = BPF_CORE_READ(arm, regs[4]);
		block->args[5] = BPF_CORE_READ(arm, regs[5]);
	}
	block->args[RESULT] = result;
	record->header.len[0] = sizeof(*block);
	record->used = sizeof(*block);

	if (plan->peek) {
		unsigned long at = block->args[(plan->peek - 1) & 7];
		if (plan->flags & PEEK_MESSAGE)
			bpf_probe_read_user(&at, sizeof(at), (void *)at);
		/* The structures are 16, 24 and 28 bytes long; what lies behind them need not be there. */
		if (at && !bpf_probe_read_user(block->peek, 16, (void *)at) &&
		    !bpf_probe_read_user(block->peek + 16, 8, (void *)(at + 16)))
			bpf_probe_read_user(block->peek + 24, 4, (void *)(at + 24));
	}
	struct file *file = plan->fd ? file_of(task, block->args[(plan->fd - 1) & 7]) : 0;
	if (file) {
		block->mode = BPF_CORE_READ(file, f_inode, i_mode);
		if ((block->mode & S_IFMT) == S_IFSOCK) {
			describe_socket(block, file);
			file = 0;
		}
	}
	bool relative = 0, also = 0;
	if (plan->text[0]) {
		__u32 at = record->used & DATA_MASK;
		record->header.len[1] = text(record, block->args[(plan->text[0] - 1) & 7]);
		relative = record->header.len[1] && record->data[at] != '/';
	}
	if (plan->text[1]) {
		__u32 at = record->used & DATA_MASK;
		record->header.len[2] = text(record, block->args[(plan->text[1] - 1) & 7]);
		also = record->header.len[2] && record->data[at] != '/';
	}
	if (relative)
		record->header.len[3] = base_of(record, task, block, plan->base[0]);
	if (also)
		record->header.more[0] = base_of(record, task, block, plan->base[1]);
	if (file && record->used <= DATA_MASK - WALK_MAX * 256) {
		struct path path = {};
		path.mnt = BPF_CORE_READ(file, f_path.mnt);
		path.dentry = BPF_CORE_READ(file, f_path.dentry);
		record->header.more[1] = walk_to(record, task, &path);
	}
	return emit(record);
}

#endif
