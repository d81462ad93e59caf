package opinion

// The votes in an order that does not depend on their history, and sums over
// them that do not depend on the number of cores.

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

type matrix struct {
	people     []string
	statements []string
	out        []bool
	off        []int    // row i is cells[off[i]:off[i+1]]
	cells      []uint32 // statement<<2 | vote+1
	counts     []int    // by cell: how many
	centred    []float64
	blocks     []int // rows at which a block of about equally many votes begins, and the end
}

// settle renumbers statements by name. Nothing is left to do when none came, or
// when names rise with time.
func (c *Conversation) settle() {
	order := c.statements.order()
	rank := make([]uint32, len(order))
	same := true
	for j, s := range order {
		rank[s] = uint32(j)
		same = same && int(s) == j
	}
	if same {
		return
	}
	names, out, counts := make([]string, len(order)), make([]bool, len(order)), make([]int, len(c.counts))
	warm := make([][]float64, len(c.warm))
	for n := range warm {
		warm[n] = make([]float64, len(order))
	}
	for j, s := range order {
		names[j], out[j] = c.statements.names[s], c.out[s]
		c.statements.number[names[j]] = uint32(j)
		copy(counts[4*j:4*j+4], c.counts[4*s:])
		for n, v := range c.warm {
			if int(s) < len(v) {
				warm[n][j] = v[s]
			}
		}
		c.statements.sorted[j] = uint32(j)
	}
	c.statements.names, c.out, c.counts, c.warm = names, out, counts, warm
	each(len(c.rows), func(p int) {
		row := c.rows[p]
		for n, cell := range row {
			row[n] = rank[cell>>2]<<2 | cell&3
		}
		slices.Sort(row)
	})
}

func (c *Conversation) matrix() *matrix {
	people := c.people.order()
	m := &matrix{off: make([]int, len(people)+1), cells: make([]uint32, 0, c.votes), people: make([]string, len(people)),
		statements: c.statements.names, out: c.out, counts: c.counts}
	for i, p := range people {
		m.people[i] = c.people.names[p]
		m.cells = append(m.cells, c.rows[p]...)
		m.off[i+1] = len(m.cells)
	}
	m.centre()
	m.split()
	return m
}

func (m *matrix) row(i int) []uint32 { return m.cells[m.off[i]:m.off[i+1]] }
func (m *matrix) size(i int) int     { return m.off[i+1] - m.off[i] }

// centre tabulates vote − mean for every statement and vote. A statement that
// was taken out is passed by everybody, so nothing is left of it.
func (m *matrix) centre() {
	m.centred = make([]float64, len(m.counts))
	for j := range m.statements {
		if m.out[j] {
			continue
		}
		no, pass, yes := m.counts[4*j], m.counts[4*j+1], m.counts[4*j+2]
		if n := no + pass + yes; n > 0 {
			mean := float64(yes-no) / float64(n)
			for v := range 3 {
				m.centred[4*j+v] = float64(v-1) - mean
			}
		}
	}
}

// variance is the sum of all squares of the centred matrix.
func (m *matrix) variance() float64 {
	sum := 0.0
	for i, n := range m.counts {
		sum += float64(n) * m.centred[i] * m.centred[i]
	}
	return sum
}

const (
	blockVotes = 1 << 15
	mostBlocks = 16
)

func (m *matrix) split() {
	n := min(max(len(m.cells)/blockVotes, 1), mostBlocks)
	m.blocks = make([]int, 1, n+1)
	for i := range m.people {
		if m.off[i] >= len(m.cells)*len(m.blocks)/n && m.off[i] > m.off[m.blocks[len(m.blocks)-1]] {
			m.blocks = append(m.blocks, i)
		}
	}
	m.blocks = append(m.blocks, len(m.people))
}

// each runs f for 0 … n-1 on all cores. What f(i) does must depend on i alone.
func each(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
}

// eachRow runs f for every person; what it does must depend on that row alone.
func (m *matrix) eachRow(f func(i int)) {
	each(len(m.blocks)-1, func(b int) {
		for i := m.blocks[b]; i < m.blocks[b+1]; i++ {
			f(i)
		}
	})
}

// list begins the result's list of statements.
func (m *matrix) list() []Statement {
	list := make([]Statement, len(m.statements))
	for j, id := range m.statements {
		no, pass, yes := m.counts[4*j], m.counts[4*j+1], m.counts[4*j+2]
		list[j] = Statement{ID: id, Agrees: yes, Disagrees: no, Of: no + pass + yes, Out: m.out[j]}
	}
	return list
}
