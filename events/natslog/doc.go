// Package natslog keeps the log of kaohe in NATS JetStream: in a server that it embeds, or in a cluster elsewhere.
//
// # On the wire and on disk
//
// A commit is one message of the stream KAOHE_LOG, subject kaohe.commit.v1, in the JetStream account KAOHE. Its payload
// is the commit's body as it stands, its headers are three:
//
//	Kaohe-Commit: 01JH...                  the commit's id
//	Kaohe-Prev: 5f70bf18a0...              the hash of the commit before it: the chain
//	Nats-Expected-Last-Sequence: 1233      where it belongs: after this one or nowhere
//
// The store lies in DIR/jetstream/KAOHE/streams/KAOHE_LOG. Beside it lie DIR/log.head, which remembers outside the store
// which stream the log is and how far it was acknowledged, and DIR/kaohe.lock, which says who has the directory open. The
// server fsyncs each commit before it acknowledges it. It opens no port unless there is a [Door]. Our own connections have
// keys that are made anew at every start, and each may do its own work only: the writer alone may publish commits.
//
// # One outcome
//
// Appending is safe to repeat, because a commit carries the sequence it expects: the first copy takes the place, and
// every further one is turned away with error 10071, wrong last sequence. So when an acknowledgement does not come, for
// whatever reason, [Log.Append] sends the same bytes again until the server has decided, and on 10071 looks who stands
// at the place: the commit itself, then it was stored by an earlier try, or another one, then the log has moved.
//
// # One process
//
// Two embedded servers on one store both acknowledge and lose what they acknowledged. A lock on the directory, taken
// before anything else is opened, admits one process and tells the second who is there ([LockedError]). Under Unix it is a
// lock on the directory itself, so that removing a file does not lift it. A directory that holds something else, or a log
// in another place or with other settings, is refused ([ErrForeign]): a new log is never begun beside an old one.
//
// # Nothing lost in silence
//
// Commits are never deleted, so a log of n commits holds 1 to n. Open looks whether this one does, three times over: it
// reads the files of the store and checks every checksum, at some gigabytes a second; it compares their end and the
// identity of the stream with log.head, for a log that lost its end, or all, looks whole by itself; and it compares what
// the server has recovered with both. What is amiss is refused with a [DamageError] that names what is missing. The
// files come first because the server mends them in its own way: at a bad record it cuts off everything behind. A record
// that a crash cut short is no damage: nobody was told that it was there.
//
// log.head is overwritten in place after each commit, without fsync. So after a power failure it may lag behind the log,
// which is fine, but never runs ahead of it. A log without the file, or with a spoilt one, gets it anew.
//
// With Options.Salvage a log is opened read-only, damaged or not. There is no server then: commits are read straight from
// the files, past every damage, and nothing in the store is changed.
//
// # Clients from outside
//
// A [Door] lets clients in over TCP, each with a token. All that they reach is the service that answers on the connection
// of [Log.Service], its discovery, and what is announced there to those below a unit:
//
//	account KAOHE            JetStream, kaohe.commit.v1
//	    exports              kaohe.v1.>   $SRV.>   kaohe.event.>
//	account KAOHE_U...       one for each guest, without JetStream
//	    imports              kaohe.v1.>   $SRV.>   kaohe.event.*.450000.450700.450703 and below
//
// A guest has an account of its own because those who share one can hear the answers to one another, by subscribing to
// _INBOX.>, and can have answers sent to one another, by what they name as the subject for replies.
//
// # In a cluster
//
// With a [Cluster] the stream lies on servers elsewhere, on three of them as a rule, and any number of processes append to it.
// An acknowledgement means that most of these servers have the commit. All that was said of one outcome holds there too, and is
// what makes several writers one log: a commit takes the place that it names or none, so whoever was slower is told that the
// log has moved ([events.ErrMoved]), reads on, and sends what is still new. A refusal of the last of several tries decides
// nothing while an earlier one may be on its way to most servers; Append goes on until it knows, or its caller stops waiting.
//
// Any server answers [Log.Get] from what it has, which is never more than most have, but may be less: what it lacks the
// stream's leader is asked for. [Log.End] asks the leader, and never says less than what this process has seen, for a server
// may think that it leads when it does no more. A connection moves on to another server after some tries in vain, since the
// present one may be cut off from the rest.
//
// The data directory holds DIR/cluster.head in place of a store and log.head. It is of the same form and says which
// stream the log is, by its creation, and how far it is known to have been acknowledged. Open refuses a stream that is
// another one, or ends before that, or is not all there ([ErrLost]), one with other settings ([ErrDiffers]), and a user
// who may not do what a log does, all of which it tries out ([ErrDenied]). A stream that is put in the log's place later
// ends the log. That the servers fsync is theirs to see to and cannot be asked: deploy/nats has the settings and the
// permissions that it takes.
//
// There is no [Door] then, and no server to restart. The connection of [Log.Service] serves for announcements; who asks on it
// nobody could tell.
//
// # Little space
//
// JetStream does not recover from a full disk: every later publish times out, even when there is space again. Append
// therefore refuses with [events.ErrFull] as soon as less than a reserve is free, while reading goes on, and [Log.Room]
// says so to whoever asks. A cluster says itself that it is full. Should the disk fill up all the same, the embedded server is restarted once the reserve is free
// again; connections and readers find their way back by themselves.
package natslog
