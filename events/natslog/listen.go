package natslog

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// The server is started with its door shut. So our own connections are there before anybody else can take their places, and
// a log whose address was taken while the server was restarted does without clients, and not clients without their log.

// open opens the door, which stays so through restarts.
func (e *embedded) open() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.srv == nil {
		return errStopped
	}
	err := e.listen()
	e.opened = err == nil
	return err
}

// listen has the server take the door's address; e.mu is held.
func (e *embedded) listen() error {
	e.log.reset()
	e.srv.AcceptLoop(make(chan struct{}))
	e.door.listens(e.srv.Addr())
	return e.log.fatal()
}

// reopen opens the door of a server that was started again, now or when the address is to be had; e.mu is held.
func (e *embedded) reopen() {
	err := e.listen()
	if err == nil {
		return
	}
	e.log.count.Inc()
	e.log.log.Error("clients cannot be let in until their address is free again", "error", err)
	srv := e.srv
	e.waiting.Go(func() {
		for attempt := 0; !e.retry(srv); attempt++ {
			select {
			case <-time.After(backoff(attempt)):
			case <-e.quit:
				return
			}
		}
	})
}

// retry reports whether nothing is left to be done: the door is open, or the server is not the present one any more.
func (e *embedded) retry(srv *server.Server) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.srv != srv {
		return true
	}
	if e.door.free() != nil || e.listen() != nil {
		return false
	}
	e.log.log.Info("clients are let in again")
	return true
}
