package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/kaohe/kaohe/events/intake"
)

// cutter is a client whose line breaks in the middle of a body, or right after it.
type cutter struct {
	addr   string
	chance *rand.Rand
	made   int
	cut    int                     // requests that never arrived whole
	unsure map[string][]*crowdFact // those that did, and were not heard of, by their first key
}

// run cuts until ctx ends, however slow it is often enough to do each thing.
func (c *cutter) run(ctx context.Context) error {
	for n := 0; n < 40 || ctx.Err() == nil; n++ {
		if err := c.step(); err != nil {
			return fmt.Errorf("cutter: %w", err)
		}
	}
	return nil
}

// step sends a part of a request. If all of its body was sent its events may be recorded, else they must not.
func (c *cutter) step() error {
	whole := c.chance.IntN(4) == 0
	source := "crowd:cut"
	if whole {
		source = "crowd:unheard"
	}
	var list []*crowdFact
	for range 1 + c.chance.IntN(40) {
		c.made++
		list = append(list, drawFact(c.chance, source, strconv.Itoa(c.made)))
	}
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if whole {
		c.unsure[list[0].key()] = list
	} else {
		c.cut++
	}
	if _, err := conn.Write(c.request(crowdBody(list), whole)); err != nil && !isCut(err) {
		return err
	}
	switch c.chance.IntN(3) {
	case 0:
		_ = conn.(*net.TCPConn).SetLinger(0) // as when a cable is pulled: the other side gets a reset
	case 1:
		return c.hear(conn.(*net.TCPConn), whole)
	}
	return nil
}

// request writes a request, and leaves off the end of one that is not to arrive whole.
func (c *cutter) request(body []byte, whole bool) []byte {
	head := "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + intake.MediaBatch + "\r\n"
	if c.chance.IntN(3) == 0 {
		body, head = zipped(body), head+"Content-Encoding: gzip\r\n"
		if !whole && c.chance.IntN(2) == 0 { // all that was announced, but the end of it, which holds the checksum, was never made
			body, whole = body[:len(body)-1-c.chance.IntN(8)], true
		}
	}
	switch {
	case whole:
		return fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	case c.chance.IntN(5) == 0: // in the middle of the head
		return []byte(head[:c.chance.IntN(len(head))])
	case c.chance.IntN(2) == 0: // all of the events, but not all that was announced
		return fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", head, len(body)+1+c.chance.IntN(1000), body)
	case c.chance.IntN(2) == 0: // all of the events in chunks, but not the last chunk, which is empty
		return fmt.Appendf(nil, "%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", head, len(body), body)
	}
	request := fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	return request[:len(request)-1-c.chance.IntN(len(body))]
}

// hear says that nothing more will come and waits for what the server makes of it.
func (c *cutter) hear(conn *net.TCPConn, whole bool) error {
	if err := conn.CloseWrite(); err != nil && !isCut(err) {
		return err
	}
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	switch {
	case err != nil && isCut(err): // there was no request that could be answered
		return nil
	case err != nil:
		return err
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if !whole && resp.StatusCode != http.StatusBadRequest {
		return fmt.Errorf("half a request is answered by %s: %s", resp.Status, text)
	}
	return nil
}
