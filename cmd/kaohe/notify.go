package main

import (
	"net"
	"strings"
)

// supervisor is who started the daemon and waits to be told how it gets on: systemd, for a unit of Type=notify. The zero value
// is nobody.
//
// The protocol is that of sd_notify(3): a datagram of lines KEY=value to the socket that NOTIFY_SOCKET names, which is a path
// or, with @ before it, an abstract name. Nothing is answered.
type supervisor struct {
	c      *cli
	socket string
}

func (c *cli) supervisor() supervisor { return supervisor{c, c.env("NOTIFY_SOCKET")} }

// What a supervisor is told.
const (
	stateReading  = "STATUS=reading the log"
	stateReady    = "READY=1\nSTATUS=takes events on " // and the addresses
	stateStopping = "STOPPING=1\nSTATUS=stopping"
)

// tell sends a state. A supervisor that cannot be told does not keep the daemon from its work; what it will make of the
// silence is for people to know.
func (s supervisor) tell(state string) {
	if s.socket == "" {
		return
	}
	// The library takes @ for an abstract name, as systemd writes it.
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err == nil {
		_, err = conn.Write([]byte(state))
		_ = conn.Close() // the datagram is under way or not
	}
	if err != nil {
		about, _, _ := strings.Cut(state, "\n")
		s.c.line(s.c.stderr, s.c.sayf("注意: 无法把 %s 告诉 NOTIFY_SOCKET 所指的进程管理器: %v", "warning: the supervisor that NOTIFY_SOCKET names cannot be told %s: %v", about, err))
	}
}
