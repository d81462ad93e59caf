// Routes of this part.

package introductionweb

import "seedbed/internal/platform/web"

func (h *Web) offerRoutes() []web.Route { return nil }
