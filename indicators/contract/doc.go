// Package contract writes down what programs may rely on: the HTTP interface as an OpenAPI 3.1 document, and the events over
// NATS as an AsyncAPI 3 document. Both are made of what the daemon itself works with, for one plan:
//
//   - The schemas of answers are those of the Go types that are answered with, found by reflection; what is said of them, and
//     which values there are, is read from their comments and constants in the source (source.json, which a test renews).
//   - The schemas of events are the plan's own, JSON Schema 2020-12, as they stand in its files, with the envelope of
//     CloudEvents around them. Titles are in both languages.
//   - Paths, parameters and statuses are tables of this package. Tests hold them against a running daemon: each route is
//     there and no other, and each answer, good or bad, is of a documented status and fits its schema.
//
// A document never changes as long as its plan and the program stay the same.
package contract
