// Package spool keeps events in a directory as long as the server cannot be reached.
//
// What [Spool.Add] has returned for is on disk, and stays there until [Spool.Sent] says that the server has answered for
// it. Events leave in the order in which they came. Whoever sends them may be killed at any moment: then some are sent
// again, which is safe, as the server tells a repeat by its source and id or by what it says. So each is recorded once.
//
// An entry is an event, complete as it will be sent, or a draft: what was typed where nobody could say yet what it means.
// A draft is made an event on disk ([Spool.Complete]) before it is sent, so that it says the same however often it is sent.
//
// The directory holds
//
//	00000000000000000001.ndjson   segments, named by the number of their first entry
//	sent                          the number up to which all is answered for
//	refused.ndjson                what the server refused, with its reasons
//	catalogue.json                what the server's plan knew when it was last asked
//	damaged-*.ndjson              segments that were sent as far as they could be read
//	spool.lock, flush.lock        locked by whoever changes the directory, and by the one who sends
//
// A segment has one entry a line,
//
//	{"sum":"1c2f3d40","n":12,"event":{"specversion":"1.0","type":"PatentGranted",...}}
//
// where sum is the CRC-32C, in hexadecimal, of all that follows it up to the end of the line. Segments are only appended to;
// one that is sent is removed. A line at the end of the last one that a killed process has not finished is cut off when the
// next is added, and only if it is provably the beginning of one: nobody was told that it is kept. Whatever else cannot be
// read is damage. It is reported and left alone, and costs no other entry.
package spool
