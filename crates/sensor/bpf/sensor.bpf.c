// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * Kernel side of the sensor: raw tracepoints, one ring buffer.
 *
 * System calls are read at their end (sys_exit): the registers still hold the arguments then, the kernel itself has just
 * read the user memory they point to (so it is resident), and the result is known. One program, no pairing map.
 * Every program has its own scratch record per CPU: a program never runs twice at once on one CPU (the kernel sees to it),
 * but two different programs may interleave.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define NAME_LEN 96
#define CHAIN 3
#define DATA_MASK 0x3fff
#define DATA_SLACK 4352
#define STRING_MAX 4096
#define IMAGE_MAX 256
#define SIGKILL 9
#define WALK_MAX 32

#define AF_INET 2
#define AF_INET6 10
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define AT_FDCWD -100
#define TS_COMPAT 2
#define X32_BIT 0x40000000UL
#define O_CREAT_WRONLY_TRUNC 01101
#define EINPROGRESS 115

enum kind { EXEC = 1, FORK = 2, EXIT = 3, OPEN = 4, CONNECT = 5, CALL = 6, KINDS = 7 };

/* What user space set before loading. */
const volatile __u32 own_tgid = 0;
const volatile __u32 host_mnt_ns = 0;
const volatile __u32 containers_only = 0;
const volatile __u32 want_open = 0;
const volatile __u32 want_connect = 0;
const volatile __u32 want_kill = 0;
const volatile __s32 nr_open = -1;
const volatile __s32 nr_openat = -1;
const volatile __s32 nr_openat2 = -1;
const volatile __s32 nr_creat = -1;
const volatile __s32 nr_connect = -1;

struct group {
	__u64 id;
	char name[NAME_LEN];
};

/* Mirrored in src/record.rs. */
struct header {
	__u64 time; /* boot clock */
	__u64 started; /* boot clock, of the process */
	__s64 value; /* result of a call; exit status; of a fork, who forked */
	__u32 kind;
	__u32 cpu;
	__u32 pid;
	__u32 tid;
	__u32 ppid;
	__u32 vpid;
	__u32 uid;
	__u32 gid;
	__u32 tty;
	__u32 mnt_ns;
	__u32 pid_ns;
	__u32 flags; /* exec: 1 where it was killed; open: flags; connect: protocol << 16 | port */
	__u32 call; /* open: 0 open, 1 openat, 2 openat2, 3 creat; connect: family; any other call: its place in CALLS */
	__u16 len[4]; /* of the first four parts of the data */
	__u8 address[16];
	char comm[16];
	__u16 more[2]; /* of two more parts */
	struct group v2[CHAIN];
	struct group v1[CHAIN];
};

struct record {
	struct header header;
	char data[DATA_MASK + 1 + DATA_SLACK];
	/*
	 * Bytes of data in use. Kept in memory, not in a register: what comes from a map is any number to the verifier, so
	 * that the rounds of a loop and the ways out of it look alike to it, and it need not follow each by itself.
	 */
	__u32 used;
	char image[IMAGE_MAX] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} EVENTS SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KINDS);
	__type(key, __u32);
	__type(value, struct record);
} SCRATCH SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KINDS);
	__type(key, __u32);
	__type(value, __u64);
} DROPPED SEC(".maps");

/* Executables that containers may not run: the path as walk() writes it, filled up with zeroes. */
struct image {
	char path[IMAGE_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct image);
	__type(value, __u8);
} KILL SEC(".maps");

static __always_inline struct record *scratch(__u32 kind)
{
	return bpf_map_lookup_elem(&SCRATCH, &kind);
}

static __always_inline void groups(struct group *chain, struct cgroup *cgroup)
{
	for (int i = 0; i < CHAIN; i++) {
		chain[i].id = 0;
		chain[i].name[0] = 0;
		if (!cgroup)
			continue;
		struct kernfs_node *kn = BPF_CORE_READ(cgroup, kn);
		chain[i].id = BPF_CORE_READ(kn, id);
		bpf_probe_read_kernel_str(chain[i].name, NAME_LEN, BPF_CORE_READ(kn, name));
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	}
}

static __always_inline struct cgroup *v1_group(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *state = 0;
	struct cgroup *cgroup = 0;
	unsigned long at = bpf_core_field_offset(struct css_set, subsys);
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)) {
		unsigned long id = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
		bpf_probe_read_kernel(&state, sizeof(state), (char *)set + at + id * sizeof(void *));
		cgroup = BPF_CORE_READ(state, cgroup);
		if (BPF_CORE_READ(cgroup, level) > 0)
			return cgroup;
	}
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
		unsigned long id = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
		bpf_probe_read_kernel(&state, sizeof(state), (char *)set + at + id * sizeof(void *));
		cgroup = BPF_CORE_READ(state, cgroup);
	}
	return cgroup;
}

static __always_inline bool own(struct task_struct *task)
{
	return (__u32)BPF_CORE_READ(task, tgid) == own_tgid;
}

/* Whether a cgroup's name is long enough to hold a whole container id (64 digits). */
static __always_inline bool has_id(struct cgroup *cgroup)
{
	char name[72];
	return bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(cgroup, kn, name)) > 64;
}

/* Calls alone are filtered here: starts and ends of the host's processes are few, and the lineage needs them. */
static __always_inline bool ignored(struct task_struct *task)
{
	if (own(task))
		return 1;
	/*
	 * A container always has a mount namespace of its own, even one that shares the host's pids. A process that entered
	 * the host's namespace out of a container is still in the container's cgroup.
	 */
	return containers_only && host_mnt_ns && BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) == host_mnt_ns &&
	       !has_id(BPF_CORE_READ(task, cgroups, dfl_cgrp)) && !has_id(v1_group(task));
}

static __always_inline void fill(struct record *record, struct task_struct *task, __u32 kind)
{
	struct header *header = &record->header;
	record->used = 0;
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	header->time = bpf_ktime_get_boot_ns();
	header->started = BPF_CORE_READ(leader, start_boottime);
	header->value = 0;
	header->kind = kind;
	header->cpu = bpf_get_smp_processor_id();
	header->pid = BPF_CORE_READ(task, tgid);
	header->tid = BPF_CORE_READ(task, pid);
	header->ppid = BPF_CORE_READ(task, real_parent, tgid);
	header->uid = BPF_CORE_READ(task, cred, euid.val);
	header->gid = BPF_CORE_READ(task, cred, egid.val);
	header->mnt_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	header->flags = 0;
	header->call = 0;
	__builtin_memset(header->len, 0, sizeof(header->len));
	__builtin_memset(header->address, 0, sizeof(header->address));
	__builtin_memset(header->more, 0, sizeof(header->more));
	BPF_CORE_READ_INTO(&header->comm, leader, comm);

	struct pid *pid = BPF_CORE_READ(leader, thread_pid);
	struct upid *number = (struct upid *)((char *)pid + bpf_core_field_offset(struct pid, numbers)
		+ BPF_CORE_READ(pid, level) * bpf_core_type_size(struct upid));
	header->vpid = BPF_CORE_READ(number, nr);
	header->pid_ns = BPF_CORE_READ(number, ns, ns.inum);

	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	header->tty = 0;
	if (tty) {
		__u32 major = BPF_CORE_READ(tty, driver, major);
		__u32 minor = BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index);
		header->tty = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
	}
	groups(header->v2, BPF_CORE_READ(task, cgroups, dfl_cgrp));
	groups(header->v1, v1_group(task));
}

static __always_inline int emit(struct record *record)
{
	__u32 kind = record->header.kind;
	if (bpf_ringbuf_output(&EVENTS, record, sizeof(record->header) + (record->used & DATA_MASK), 0)) {
		__u64 *dropped = bpf_map_lookup_elem(&DROPPED, &kind);
		if (dropped)
			*dropped += 1;
	}
	return 0;
}

/*
 * Appends the names from a path up to the task's root, leaf first, each ended by NUL, and the name "/" for the root.
 * Mount points are crossed. A path deeper than WALK_MAX is cut at its top, which user space sees by the missing "/".
 */
static __noinline int walk(struct record *record, struct path *from, struct path *root)
{
	if (!record || !from || !root)
		return 0;
	struct dentry *dentry = from->dentry;
	struct vfsmount *vfs = from->mnt;
	struct dentry *root_dentry = root->dentry;
	struct vfsmount *root_mount = root->mnt;
	for (int i = 0; i < WALK_MAX; i++) {
		struct dentry *top = BPF_CORE_READ(vfs, mnt_root);
		struct mount *mount = (struct mount *)((char *)vfs - bpf_core_field_offset(struct mount, mnt));
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);
		struct dentry *up = BPF_CORE_READ(dentry, d_parent);
		bool at_root = dentry == root_dentry && vfs == root_mount;
		if (!at_root && dentry == top && above != mount) {
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			vfs = (struct vfsmount *)((char *)above + bpf_core_field_offset(struct mount, mnt));
			continue;
		}
		__u32 at = record->used & DATA_MASK;
		if (at_root || dentry == top) {
			record->data[at] = '/';
			record->data[at + 1] = 0;
			record->used = at + 2;
			return 0;
		}
		long n = bpf_probe_read_kernel_str(&record->data[at], 256, BPF_CORE_READ(dentry, d_name.name));
		if (n > 0)
			record->used = at + n;
		if (dentry == up) /* in no folder: a file that lives in memory only, such as `memfd:name` */
			return 0;
		dentry = up;
	}
	return 0;
}

/* Walks and gives the bytes that were appended. */
static __always_inline __u32 walk_to(struct record *record, struct task_struct *task, struct path *from)
{
	struct path root = {};
	__u32 before = record->used;
	root.mnt = BPF_CORE_READ(task, fs, root.mnt);
	root.dentry = BPF_CORE_READ(task, fs, root.dentry);
	walk(record, from, &root);
	return record->used - before;
}

static __always_inline struct file *file_of(struct task_struct *task, __s32 fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = 0;
	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	return file;
}

/*
 * Kills a container's process whose new image is forbidden. This runs inside of execve(2): the signal is there before the
 * first instruction of the new program.
 */
static __always_inline void forbid(struct record *record, struct task_struct *task)
{
	__u32 length = record->header.len[0];
	if (length == 0 || length >= IMAGE_MAX)
		return;
	if (!has_id(BPF_CORE_READ(task, cgroups, dfl_cgrp)) && !has_id(v1_group(task)))
		return;
	__builtin_memset(record->image, 0, IMAGE_MAX);
	/* The compiler knows the bound from above and drops the mask; the verifier needs it. */
	asm volatile("" : "+r"(length));
	bpf_probe_read_kernel(record->image, length & (IMAGE_MAX - 1), record->data);
	if (bpf_map_lookup_elem(&KILL, record->image) && !bpf_send_signal(SIGKILL))
		record->header.flags = 1;
}

SEC("raw_tracepoint/sched_process_exec")
int on_exec(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct linux_binprm *program = (struct linux_binprm *)ctx[2];
	struct record *record = scratch(EXEC);
	if (!record || own(task))
		return 0;
	fill(record, task, EXEC);

	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct path path = {};
	path.mnt = BPF_CORE_READ(mm, exe_file, f_path.mnt);
	path.dentry = BPF_CORE_READ(mm, exe_file, f_path.dentry);
	record->header.len[0] = walk_to(record, task, &path);
	if (want_kill)
		forbid(record, task);

	path.mnt = BPF_CORE_READ(task, fs, pwd.mnt);
	path.dentry = BPF_CORE_READ(task, fs, pwd.dentry);
	record->header.len[1] = walk_to(record, task, &path);

	__u32 at = record->used & DATA_MASK;
	long n = bpf_probe_read_kernel_str(&record->data[at], 512, BPF_CORE_READ(program, filename));
	if (n > 0) {
		record->header.len[2] = n;
		record->used = at + n;
	}

	unsigned long start = BPF_CORE_READ(mm, arg_start);
	unsigned long length = BPF_CORE_READ(mm, arg_end) - start;
	if (length > STRING_MAX)
		length = STRING_MAX;
	at = record->used & DATA_MASK;
	if (length > 0 && !bpf_probe_read_user(&record->data[at], length & 0x1fff, (void *)start)) {
		record->header.len[3] = length;
		record->used = at + length;
	}
	return emit(record);
}

SEC("raw_tracepoint/sched_process_fork")
int on_fork(__u64 *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx[1];
	struct record *record = scratch(FORK);
	if (!record || BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid) || own(child))
		return 0;
	fill(record, child, FORK);
	/* With CLONE_PARENT (runc uses it) the parent is not the process that forked. */
	struct task_struct *forker = (struct task_struct *)ctx[0];
	record->header.value = BPF_CORE_READ(forker, tgid);
	return emit(record);
}

SEC("raw_tracepoint/sched_process_exit")
int on_exit(__u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct record *record = scratch(EXIT);
	/* The last thread to go speaks for the process. */
	if (!record || BPF_CORE_READ(task, signal, live.counter) != 0 || own(task))
		return 0;
	fill(record, task, EXIT);
	record->header.value = BPF_CORE_READ(task, exit_code);
	return emit(record);
}

static __always_inline int opened(struct task_struct *task, __u32 call, __s64 result, __s32 dir, unsigned long name,
				  unsigned long how)
{
	struct record *record = scratch(OPEN);
	if (!record)
		return 0;
	fill(record, task, OPEN);
	record->header.value = result;
	record->header.call = call;
	if (call == 2) {
		__u64 flags = 0;
		bpf_probe_read_user(&flags, sizeof(flags), (void *)how);
		record->header.flags = flags;
	} else {
		record->header.flags = call == 3 ? O_CREAT_WRONLY_TRUNC : how;
	}
	long n = bpf_probe_read_user_str(record->data, STRING_MAX, (void *)name);
	if (n > 0) {
		record->header.len[0] = n;
		record->used = n;
		if (record->data[0] == '/')
			return emit(record);
	}

	/* A relative name needs the folder it starts from; a name that was taken away meanwhile needs the file itself. */
	struct path path = {};
	struct file *file = 0;
	if (n <= 0) {
		file = file_of(task, result);
	} else if (dir == AT_FDCWD) {
		path.mnt = BPF_CORE_READ(task, fs, pwd.mnt);
		path.dentry = BPF_CORE_READ(task, fs, pwd.dentry);
	} else {
		file = file_of(task, dir);
	}
	if (file) {
		path.mnt = BPF_CORE_READ(file, f_path.mnt);
		path.dentry = BPF_CORE_READ(file, f_path.dentry);
	}
	if (path.dentry)
		record->header.len[1] = walk_to(record, task, &path);
	return emit(record);
}

static __always_inline int connected(struct task_struct *task, __s64 result, __s32 fd, unsigned long address)
{
	struct record *record = scratch(CONNECT);
	struct file *file = file_of(task, fd);
	if (!record || !file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	struct {
		__u16 family;
		__u16 port;
		__u32 v4;
		__u8 v6[16];
	} name = {};
	/* The v4 form is 16 bytes long, the v6 form 28: the address of the latter starts where the former's padding does. */
	if (bpf_probe_read_user(&name, 8, (void *)address))
		return 0;
	if (name.family != AF_INET && name.family != AF_INET6)
		return 0;
	fill(record, task, CONNECT);
	if (name.family == AF_INET) {
		__builtin_memcpy(record->header.address, &name.v4, 4);
	} else {
		bpf_probe_read_user(name.v6, sizeof(name.v6), (void *)(address + 8));
		__builtin_memcpy(record->header.address, name.v6, 16);
	}
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sock = BPF_CORE_READ(socket, sk);
	/* Where the kernel holds the peer, its word counts: the caller's memory may have changed meanwhile. */
	__u16 port = BPF_CORE_READ(sock, __sk_common.skc_dport);
	if ((result == 0 || result == -EINPROGRESS) && port && name.family == AF_INET &&
	    BPF_CORE_READ(sock, __sk_common.skc_family) == AF_INET) {
		__u32 peer = BPF_CORE_READ(sock, __sk_common.skc_daddr);
		__builtin_memcpy(record->header.address, &peer, 4);
		name.port = port;
	}
	record->header.value = result;
	record->header.call = name.family;
	record->header.flags = (__u32)BPF_CORE_READ(sock, sk_protocol) << 16 | __builtin_bswap16(name.port);
	return emit(record);
}

SEC("raw_tracepoint/sys_exit")
int on_sys_exit(__u64 *ctx)
{
	__s64 result = (__s64)ctx[1];
	struct task_struct *task;
	unsigned long a, b, c;
	__s32 nr;
	__u32 call;

	if (bpf_core_field_exists(struct pt_regs___x86, orig_ax)) {
		struct pt_regs___x86 *regs = (struct pt_regs___x86 *)ctx[0];
		nr = BPF_CORE_READ(regs, orig_ax) & ~X32_BIT;
		task = (struct task_struct *)bpf_get_current_task();
		if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT) {
			/* A 32-bit call on a 64-bit kernel: other numbers, other registers. */
			if (nr != 5 && nr != 8 && nr != 102 && nr != 295 && nr != 362 && nr != 437)
				return 0;
			a = (__u32)BPF_CORE_READ(regs, bx);
			b = (__u32)BPF_CORE_READ(regs, cx);
			c = (__u32)BPF_CORE_READ(regs, dx);
			result = (__s32)result;
			if (nr == 102) {
				__u32 arguments[2] = {};
				if (a != 3 || bpf_probe_read_user(arguments, sizeof(arguments), (void *)b))
					return 0;
				a = arguments[0];
				b = arguments[1];
				nr = 362;
			}
			call = nr == 5 ? 0 : nr == 295 ? 1 : nr == 437 ? 2 : nr == 8 ? 3 : 4;
			goto known;
		}
		if (nr < 0)
			return 0;
		if (nr != nr_open && nr != nr_openat && nr != nr_openat2 && nr != nr_creat && nr != nr_connect)
			return 0;
		a = BPF_CORE_READ(regs, di);
		b = BPF_CORE_READ(regs, si);
		c = BPF_CORE_READ(regs, dx);
	} else {
		struct pt_regs___arm64 *regs = (struct pt_regs___arm64 *)ctx[0];
		nr = BPF_CORE_READ(regs, syscallno);
		if (nr < 0)
			return 0;
		if (nr != nr_openat && nr != nr_openat2 && nr != nr_connect)
			return 0;
		task = (struct task_struct *)bpf_get_current_task();
		a = BPF_CORE_READ(regs, orig_x0);
		b = BPF_CORE_READ(regs, regs[1]);
		c = BPF_CORE_READ(regs, regs[2]);
	}
	call = nr == nr_open ? 0 : nr == nr_openat ? 1 : nr == nr_openat2 ? 2 : nr == nr_creat ? 3 : 4;
known:
	/* One way from here on: the verifier walks each call of a function anew. */
	if (ignored(task))
		return 0;
	if (call == 4)
		return want_connect ? connected(task, result, a, b) : 0;
	if (!want_open)
		return 0;
	__s32 dir = AT_FDCWD;
	if (call == 1 || call == 2) {
		dir = a;
		a = b;
		b = c;
	}
	return opened(task, call, result, dir, a, b);
}

#include "calls.h"

char LICENSE[] SEC("license") = "GPL";
