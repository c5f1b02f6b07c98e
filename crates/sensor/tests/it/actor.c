/* SPDX-License-Identifier: Apache-2.0 */
/* Makes one system call by name, whatever comes of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/mman.h>
#include <unistd.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(4444)};
	if (!strcmp(what, "traceme")) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
	} else if (!strcmp(what, "seize")) {
		ptrace(PTRACE_SEIZE, getppid(), 0, 0);
	} else if (!strcmp(what, "memfd")) {
		memfd_create("payload", MFD_CLOEXEC);
	} else if (!strcmp(what, "symlink")) {
		symlink("/etc/shadow", "/tmp/link");
	} else if (!strcmp(what, "hardlink")) {
		/* Relative to a descriptor, with detours. */
		int etc = open("/etc", O_RDONLY | O_DIRECTORY);
		linkat(etc, "./../etc//shadow", AT_FDCWD, "/tmp/hard", 0);
	} else if (!strcmp(what, "packet")) {
		socket(AF_PACKET, SOCK_RAW, 0);
	} else if (!strcmp(what, "redirect")) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		dup2(fd, 0);
	} else if (!strcmp(what, "setuid-bit")) {
		chdir("/tmp");
		chmod("file", 04755);
	} else if (!strcmp(what, "plain-bits")) {
		chmod("/tmp/file", 0644);
	} else if (!strcmp(what, "unshare")) {
		unshare(CLONE_NEWNS);
	} else if (!strcmp(what, "mount")) {
		mount("proc", "/mnt", "proc", MS_NOSUID | MS_RDONLY, 0);
	} else if (!strcmp(what, "remove")) {
		chdir("/tmp");
		rename("file", "other");
		unlink("other");
		mkdir("folder", 0700);
		rmdir("/tmp/folder");
	} else if (!strcmp(what, "listen")) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		bind(fd, (struct sockaddr *)&to, sizeof(to));
		listen(fd, 5);
	} else if (!strcmp(what, "datagram")) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);
		struct iovec bytes = {"x", 1};
		struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &bytes, .msg_iovlen = 1};
		inet_pton(AF_INET, "192.0.2.7", &to.sin_addr);
		sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
		to.sin_port = htons(5555);
		sendmsg(fd, &message, 0);
	} else if (!strcmp(what, "privileges")) {
		struct {
			unsigned version;
			int pid;
		} header = {0x20080522, 0};
		unsigned sets[6] = {1, 3, 0, 0, 0, 0};
		syscall(SYS_capset, &header, sets);
		setuid(12345);
		kill(getpid(), 0);
		prctl(PR_SET_NAME, "renamed", 0, 0, 0);
	} else if (!strcmp(what, "kernel")) {
		syscall(SYS_init_module, "x", 1UL, "option=1");
		syscall(SYS_bpf, 5, 0, 0);
		syscall(SYS_userfaultfd, O_CLOEXEC);
		unsigned parameters[30] = {0};
		syscall(SYS_io_uring_setup, 8, parameters);
	} else if (!strcmp(what, "root")) {
		chroot("/tmp");
	}
	return 0;
}
