// Package events is what happened: the facts that a public body records about its own work, and the log that keeps them.
//
// A fact is an [Event], a CloudEvents 1.0 event in one canonical JSON line. Events that were accepted together are a
// [Commit]; the log is a chain of commits, each naming the SHA-256 of the one before. Where an event stands is its
// [Position], the commit's sequence and the index in it; positions order all events for ever.
//
//	[                                                        a commit's body: a CloudEvents JSON batch,
//	{"specversion":"1.0","type":"PatentGranted",...},        one event a line, fields in one fixed order,
//	{"specversion":"1.0","type":"VillageListed",...}         data with sorted members (RFC 8785)
//	]
//
// An event is one occurrence: (source, id) names it for all time ([Key], [IDs]). It happens on one calendar [Day] of the
// plan's time zone, the first ten characters of its time, at one unit of the tree of [Orgs]. Amounts are exact: [Money]
// counts fen, [Decimal] ten-thousandths.
//
// What may happen is package catalogue; how facts get in is package intake; where they are kept is package natslog.
package events
