// Package access says who may do what.
//
// A [Principal] is who was authenticated: a name that is recorded with every event, the unit at the top of the subtree that
// it may touch, and what it may do there. Whoever takes a request finds out the principal once, at the door, and hands it
// on; each part that reads or records asks [Principal.May] about the unit concerned. The zero Principal may do nothing, so
// that a door which forgets to ask shuts out instead of letting in.
//
// As long as a daemon has no tokens it serves its own machine only, and whoever reaches it there is [Local]. From the first
// token on it is guarded: everybody must say who they are, on its own machine too, and that never ends by itself.
//
// # Tokens
//
// A token is the text
//
//	kaohe_<id>_<secret>        kaohe_7hq2mzt4_k5yq3w7d2c6xjz4vbn5rtp7mlq2a3fgh
//
// The id is no secret; it names the token in lists and finds it. The secret is 160 random bits, shown once when the token is
// made: only its SHA-256 is kept, which tells nobody what to send. A [Store] keeps the tokens of a daemon in its data
// directory, as the file tokens.json, readable by its owner alone:
//
//	{"version":1,"tokens":[{"id":"7hq2mzt4","name":"qinnan","org":"450703","can":["emit","read"],
//	 "created":"2018-03-01T01:00:00Z","expires":"2018-12-31T16:00:00Z","sha256":"<64 hex digits>"}]}
//
// It is read strictly and replaced as a whole, under a lock that any number of processes may ask for, so that tokens are made
// and revoked while the daemon runs. A running Store looks at the file whenever it is asked: what was revoked is refused by
// the next request. Revoked tokens stay in the file, for their names stand in events: a name is given once, for ever.
//
// A file that cannot be read, or that is gone though there were tokens once, lets nobody in: see [ErrUnreadable]. The lock
// file beside it, tokens.json.lock, remembers that there were some.
package access
