// Package snapshots keeps files beside the log, each with the state of a fold after some commit, so that a restart reads
// only what came after it. It knows nothing of what is in them.
//
// A snapshot holds nothing that the log does not hold. So whatever is wrong with one, the answer is to take the one before
// it or to fold from the beginning: [Store.Load] gives back exactly what [Store.Save] was given, or an error. Whether a
// sound snapshot belongs to the log is for the caller to see: [Meta] has the chain hash of the commit up to which it goes.
//
// # On disk
//
// Names are for people, fold-0000000000001234-5f70bf18a08e.snap for commit 1234 by the plan 5f70bf18a08e...,
// index-0000000000001234.snap without a plan. What counts is the header. A file is written under its name with .tmp behind
// it, made durable, then renamed, so that a process killed at any moment leaves whole files and at most one temporary,
// which [Open] removes. Numbers are little-endian, checksums CRC-32C:
//
//	header, 124 bytes
//	  0   8  "kaohesnp"
//	  8   4  version of this format, 1
//	 12   4  kind: 1 fold, 2 index
//	 16   4  version of the payload's layout
//	 20   4  checksum of the table
//	 24   8  sequence of the commit
//	 32  32  chain hash of the commit
//	 64  32  hash of the plan; zeros for an index
//	 96   8  recording time of the commit, Unix ns
//	104   8  length of the payload
//	112   8  length of the file
//	120   4  checksum of the header before it
//	table, 12 bytes for each 256 KiB of the payload
//	  0   4  length of the block
//	  4   4  checksum of the block
//	  8   4  checksum of the part of the payload that it becomes
//	blocks, one behind the other, each an S2 block
//
// Every byte is under a checksum that is looked at before the byte is used, and nothing is allocated for a payload before
// header and table have been found sound and agree with the size of the file. Blocks know nothing of each other: several
// goroutines decode them, each straight into its place.
package snapshots
