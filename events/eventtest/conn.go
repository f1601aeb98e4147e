package eventtest

import (
	"net"
	"strings"
	"sync"
)

// conn is a connection with faults. What the client writes is cut into frames at once; what the server sends is read by
// pump, so that a held answer can be handed over while nothing else comes.
type conn struct {
	net.Conn
	faults *Faults

	writing sync.Mutex
	written []byte // of the client, not yet a whole frame

	mu    sync.Mutex
	ready *sync.Cond
	inbox []byte // for the client
	err   error  // of reading, once inbox is empty
}

func (c *conn) Write(p []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.written = append(c.written, p...)
	for {
		f, rest, ok, err := split(c.written)
		if err != nil {
			return 0, err
		}
		if !ok {
			return len(p), nil
		}
		if err := c.send(f); err != nil {
			return 0, err
		}
		c.written = rest
	}
}

func (c *conn) send(f frame) error {
	switch c.faults.publish(f) {
	case LosePublish:
		return nil
	case CutPublish:
		_, err := c.Conn.Write(f.raw[:len(f.raw)/2])
		c.cut()
		if err == nil {
			err = net.ErrClosed
		}
		return err
	}
	_, err := c.Conn.Write(f.raw)
	return err
}

// pump reads what the server sends until the connection ends.
func (c *conn) pump() {
	var stream []byte
	buf := make([]byte, 64<<10)
	for {
		n, err := c.Conn.Read(buf)
		stream = append(stream, buf[:n]...)
		for err == nil {
			var f frame
			var ok bool
			if f, stream, ok, err = split(stream); !ok {
				break
			}
			err = c.receive(f)
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

func (c *conn) receive(f frame) error {
	switch c.faults.answer(f, func() { c.hand(f.raw) }) {
	case LoseAck, HoldAck:
		return nil
	case CutAck:
		c.cut()
		return net.ErrClosed
	}
	c.hand(f.raw)
	return nil
}

// hand puts bytes where the client reads them.
func (c *conn) hand(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inbox = append(c.inbox, b...)
	c.ready.Broadcast()
}

func (c *conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	c.ready.Broadcast()
}

func (c *conn) cut() { c.Conn.Close() }

func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.inbox) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.ready.Wait()
	}
	n := copy(p, c.inbox)
	c.inbox = c.inbox[n:]
	return n, nil
}

// isDelivery reports whether the server sends a message of a stream, to a consumer that could acknowledge it.
func isDelivery(f frame) bool {
	return (f.verb == "MSG" || f.verb == "HMSG") && strings.HasPrefix(f.reply, "$JS.ACK.")
}
