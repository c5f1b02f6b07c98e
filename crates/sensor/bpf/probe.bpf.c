// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/* Empty programs of the optional kinds: whether they load and attach is the answer. */
#include "kernel.h"
#include <bpf/bpf_helpers.h>

SEC("tp_btf/sched_process_exec")
int try_tp_btf(void *ctx)
{
	return 0;
}

SEC("fentry/security_file_open")
int try_fentry(void *ctx)
{
	return 0;
}

SEC("lsm/file_open")
int try_lsm(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
