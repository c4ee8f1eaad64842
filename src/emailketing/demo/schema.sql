-- El sistema de gestión de la estación: una base de datos común y corriente.
--
-- Vale tal cual en SQLite; en PostgreSQL cambia solo la clave («INTEGER PRIMARY KEY»: database.py).
-- Importes de ventas en guaraníes enteros; compras y pagos también en dólares (NUMERIC).
-- Los precios y los costos incluyen el IVA; cada documento guarda lo gravado (sin IVA), el IVA y lo exento.
-- Fechas y horas son las de Paraguay, sin zona. Sí y no son 1 y 0.

CREATE TABLE empresa (
  id INTEGER PRIMARY KEY,
  razon_social VARCHAR(80) NOT NULL,
  nombre_fantasia VARCHAR(80) NOT NULL,
  ruc VARCHAR(12) NOT NULL,
  direccion VARCHAR(120) NOT NULL,
  ciudad VARCHAR(60) NOT NULL,
  telefono VARCHAR(30) NOT NULL,
  email VARCHAR(120) NOT NULL
);

CREATE TABLE sucursal (
  id INTEGER PRIMARY KEY,
  codigo VARCHAR(3) NOT NULL UNIQUE,          -- establecimiento de la factura: 001, 002
  nombre VARCHAR(60) NOT NULL,
  direccion VARCHAR(120) NOT NULL,
  ciudad VARCHAR(60) NOT NULL,
  telefono VARCHAR(30) NOT NULL
);

CREATE TABLE usuario (
  codigo VARCHAR(20) PRIMARY KEY,             -- lo que se anota en modificado_por
  nombre VARCHAR(80) NOT NULL,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  cargo VARCHAR(20) NOT NULL,                 -- gerencia compras ventas playa caja tesoreria
  email VARCHAR(120),
  telefono VARCHAR(30),
  pin VARCHAR(8) NOT NULL,                    -- secreto: autoriza en la caja
  activo SMALLINT NOT NULL DEFAULT 1
);

CREATE TABLE numeracion (
  codigo VARCHAR(20) PRIMARY KEY,             -- OC, PRE, OP, REC-001, FAC-001, CC, CV
  prefijo VARCHAR(20) NOT NULL,
  cifras SMALLINT NOT NULL,
  ultimo BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE bitacora (                       -- quién borró qué: el registro ya no lo dice
  id INTEGER PRIMARY KEY,
  cuando TIMESTAMP NOT NULL,
  usuario VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  accion VARCHAR(20) NOT NULL,
  tabla VARCHAR(40) NOT NULL,
  registro VARCHAR(40) NOT NULL,
  detalle VARCHAR(200) NOT NULL
);

CREATE TABLE medio_pago (
  codigo VARCHAR(20) PRIMARY KEY,             -- efectivo tarjeta_debito tarjeta_credito qr transferencia cheque credito
  nombre VARCHAR(40) NOT NULL,
  orden SMALLINT NOT NULL
);

CREATE TABLE cuenta (                         -- plan de cuentas; se imputa solo en las de último nivel
  id INTEGER PRIMARY KEY,
  codigo VARCHAR(10) NOT NULL UNIQUE,         -- 4.1.01
  nombre VARCHAR(60) NOT NULL,
  tipo VARCHAR(12) NOT NULL,                  -- activo pasivo patrimonio ingreso costo gasto
  nivel SMALLINT NOT NULL,
  imputable SMALLINT NOT NULL DEFAULT 0,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

-- Personas ------------------------------------------------------------------

CREATE TABLE proveedor (
  id INTEGER PRIMARY KEY,
  codigo VARCHAR(10) NOT NULL UNIQUE,
  razon_social VARCHAR(80) NOT NULL,
  ruc VARCHAR(20) NOT NULL,
  direccion VARCHAR(120),
  ciudad VARCHAR(60),
  telefono VARCHAR(30),
  idioma VARCHAR(2) NOT NULL DEFAULT 'es',    -- es en pt
  moneda VARCHAR(3) NOT NULL DEFAULT 'PYG',
  plazo_dias SMALLINT NOT NULL DEFAULT 30,
  observacion VARCHAR(500),
  activo SMALLINT NOT NULL DEFAULT 1,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE proveedor_contacto (
  id INTEGER PRIMARY KEY,
  proveedor_id BIGINT NOT NULL REFERENCES proveedor (id) ON DELETE CASCADE,
  nombre VARCHAR(80) NOT NULL,
  tipo VARCHAR(10) NOT NULL,                  -- email telefono
  valor VARCHAR(120) NOT NULL,
  uso VARCHAR(20) NOT NULL,                   -- general pedidos pagos facturas
  idioma VARCHAR(2),                          -- vacío: el del proveedor
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE cliente (
  id INTEGER PRIMARY KEY,
  codigo VARCHAR(10) NOT NULL UNIQUE,
  razon_social VARCHAR(80) NOT NULL,
  tipo VARCHAR(10) NOT NULL,                  -- persona empresa
  ruc VARCHAR(20) NOT NULL,
  direccion VARCHAR(120),
  ciudad VARCHAR(60),
  telefono VARCHAR(30),
  idioma VARCHAR(2) NOT NULL DEFAULT 'es',
  fecha_nacimiento DATE,                      -- de personas
  vendedor VARCHAR(20) REFERENCES usuario (codigo),
  plazo_dias SMALLINT NOT NULL DEFAULT 0,     -- 0: solo contado
  limite_credito BIGINT NOT NULL DEFAULT 0,
  control_vehiculos SMALLINT NOT NULL DEFAULT 0,
  acepta_publicidad SMALLINT NOT NULL DEFAULT 0,
  observacion VARCHAR(500),
  activo SMALLINT NOT NULL DEFAULT 1,
  creado_en TIMESTAMP NOT NULL,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE cliente_contacto (
  id INTEGER PRIMARY KEY,
  cliente_id BIGINT NOT NULL REFERENCES cliente (id) ON DELETE CASCADE,
  nombre VARCHAR(80) NOT NULL,
  tipo VARCHAR(10) NOT NULL,                  -- email telefono
  valor VARCHAR(120) NOT NULL,
  uso VARCHAR(20) NOT NULL,                   -- general ventas pagos facturas flota
  idioma VARCHAR(2),
  fecha_nacimiento DATE,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

-- Productos -----------------------------------------------------------------

CREATE TABLE rubro (
  id INTEGER PRIMARY KEY,
  nombre VARCHAR(40) NOT NULL,
  orden SMALLINT NOT NULL,
  cuenta_venta_id BIGINT REFERENCES cuenta (id),
  cuenta_costo_id BIGINT REFERENCES cuenta (id)
);

CREATE TABLE producto (
  id INTEGER PRIMARY KEY,
  codigo VARCHAR(10) NOT NULL UNIQUE,
  codigo_barras VARCHAR(14),
  descripcion VARCHAR(80) NOT NULL,
  rubro_id BIGINT NOT NULL REFERENCES rubro (id),
  proveedor_id BIGINT REFERENCES proveedor (id),
  unidad VARCHAR(4) NOT NULL,                 -- UN LT KG CJ
  es_combustible SMALLINT NOT NULL DEFAULT 0,
  iva SMALLINT NOT NULL,                      -- 10 5 0
  costo BIGINT NOT NULL,
  precio BIGINT NOT NULL,
  activo SMALLINT NOT NULL DEFAULT 1,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE precio_historial (
  id INTEGER PRIMARY KEY,
  producto_id BIGINT NOT NULL REFERENCES producto (id) ON DELETE CASCADE,
  precio_anterior BIGINT NOT NULL,
  precio_nuevo BIGINT NOT NULL,
  desde TIMESTAMP NOT NULL,
  usuario VARCHAR(20) NOT NULL REFERENCES usuario (codigo)
);

CREATE TABLE existencia (
  producto_id BIGINT NOT NULL REFERENCES producto (id) ON DELETE CASCADE,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  cantidad NUMERIC(14,3) NOT NULL,
  minimo NUMERIC(14,3) NOT NULL DEFAULT 0,
  PRIMARY KEY (producto_id, sucursal_id)
);

CREATE TABLE ajuste_existencia (              -- lo que se encontró de más o de menos en la estantería
  id INTEGER PRIMARY KEY,
  producto_id BIGINT NOT NULL REFERENCES producto (id) ON DELETE CASCADE,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  cuando TIMESTAMP NOT NULL,
  motivo VARCHAR(20) NOT NULL,                -- inventario rotura vencido uso_propio
  cantidad NUMERIC(14,3) NOT NULL,            -- con signo
  observacion VARCHAR(200),
  usuario VARCHAR(20) NOT NULL REFERENCES usuario (codigo)
);

CREATE TABLE tanque (
  id INTEGER PRIMARY KEY,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  numero SMALLINT NOT NULL,
  producto_id BIGINT NOT NULL REFERENCES producto (id),
  capacidad NUMERIC(10,2) NOT NULL,           -- litros
  minimo NUMERIC(10,2) NOT NULL,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP,
  UNIQUE (sucursal_id, numero)
);

CREATE TABLE tanque_medicion (                -- la varilla, al cerrar el día
  id INTEGER PRIMARY KEY,
  tanque_id BIGINT NOT NULL REFERENCES tanque (id),
  fecha DATE NOT NULL,
  cuando TIMESTAMP NOT NULL,
  litros NUMERIC(10,2) NOT NULL,
  usuario VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  UNIQUE (tanque_id, fecha)
);

CREATE TABLE recepcion_combustible (          -- un camión descargó en un tanque
  id INTEGER PRIMARY KEY,
  tanque_id BIGINT NOT NULL REFERENCES tanque (id),
  proveedor_id BIGINT NOT NULL REFERENCES proveedor (id),
  fecha DATE NOT NULL,
  cuando TIMESTAMP NOT NULL,
  remision VARCHAR(20) NOT NULL,
  litros NUMERIC(10,2) NOT NULL,
  costo BIGINT NOT NULL,                      -- por litro
  usuario VARCHAR(20) NOT NULL REFERENCES usuario (codigo)
);

-- Compras -------------------------------------------------------------------

CREATE TABLE orden_compra (
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) UNIQUE,                  -- vacío hasta que se confirma
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  proveedor_id BIGINT NOT NULL REFERENCES proveedor (id),
  fecha DATE NOT NULL,
  entrega DATE,
  condicion VARCHAR(40) NOT NULL,             -- Contado, Crédito 30 días
  moneda VARCHAR(3) NOT NULL DEFAULT 'PYG',
  estado VARCHAR(12) NOT NULL,                -- borrador confirmada recibida anulada
  observacion VARCHAR(500),
  gravada_10 NUMERIC(15,2) NOT NULL DEFAULT 0,
  gravada_5 NUMERIC(15,2) NOT NULL DEFAULT 0,
  exenta NUMERIC(15,2) NOT NULL DEFAULT 0,
  iva_10 NUMERIC(15,2) NOT NULL DEFAULT 0,
  iva_5 NUMERIC(15,2) NOT NULL DEFAULT 0,
  total NUMERIC(15,2) NOT NULL DEFAULT 0,
  creado_por VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  creado_en TIMESTAMP NOT NULL,
  confirmado_por VARCHAR(20) REFERENCES usuario (codigo),
  confirmado_en TIMESTAMP,
  recibido_en TIMESTAMP,
  anulado_en TIMESTAMP,
  motivo_anulacion VARCHAR(200),
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE orden_compra_linea (
  id INTEGER PRIMARY KEY,
  orden_compra_id BIGINT NOT NULL REFERENCES orden_compra (id) ON DELETE CASCADE,
  renglon SMALLINT NOT NULL,
  producto_id BIGINT NOT NULL REFERENCES producto (id),
  descripcion VARCHAR(80) NOT NULL,
  cantidad NUMERIC(14,3) NOT NULL,
  unidad VARCHAR(4) NOT NULL,
  precio NUMERIC(15,2) NOT NULL,
  iva SMALLINT NOT NULL,
  total NUMERIC(15,2) NOT NULL
);

CREATE TABLE factura_compra (
  id INTEGER PRIMARY KEY,
  proveedor_id BIGINT NOT NULL REFERENCES proveedor (id),
  orden_compra_id BIGINT REFERENCES orden_compra (id),
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  numero VARCHAR(20) NOT NULL,                -- 001-002-0012345
  timbrado VARCHAR(8) NOT NULL,
  fecha DATE NOT NULL,
  vencimiento DATE NOT NULL,
  condicion VARCHAR(40) NOT NULL,
  moneda VARCHAR(3) NOT NULL DEFAULT 'PYG',
  cotizacion NUMERIC(10,2) NOT NULL DEFAULT 1,
  gravada_10 NUMERIC(15,2) NOT NULL DEFAULT 0,
  gravada_5 NUMERIC(15,2) NOT NULL DEFAULT 0,
  exenta NUMERIC(15,2) NOT NULL DEFAULT 0,
  iva_10 NUMERIC(15,2) NOT NULL DEFAULT 0,
  iva_5 NUMERIC(15,2) NOT NULL DEFAULT 0,
  total NUMERIC(15,2) NOT NULL,
  saldo NUMERIC(15,2) NOT NULL,
  estado VARCHAR(12) NOT NULL,                -- pendiente pagada anulada
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP,
  UNIQUE (proveedor_id, timbrado, numero)
);

CREATE TABLE orden_pago (
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) UNIQUE,                  -- vacío hasta que se emite
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  proveedor_id BIGINT NOT NULL REFERENCES proveedor (id),
  fecha DATE NOT NULL,
  moneda VARCHAR(3) NOT NULL DEFAULT 'PYG',
  cotizacion NUMERIC(10,2) NOT NULL DEFAULT 1,
  estado VARCHAR(12) NOT NULL,                -- borrador emitida pagada anulada
  total NUMERIC(15,2) NOT NULL DEFAULT 0,     -- lo que se cancela de las facturas
  retencion NUMERIC(15,2) NOT NULL DEFAULT 0,
  neto NUMERIC(15,2) NOT NULL DEFAULT 0,      -- total menos retención: lo que se entrega
  observacion VARCHAR(500),
  creado_por VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  creado_en TIMESTAMP NOT NULL,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE orden_pago_factura (
  id INTEGER PRIMARY KEY,
  orden_pago_id BIGINT NOT NULL REFERENCES orden_pago (id) ON DELETE CASCADE,
  factura_compra_id BIGINT NOT NULL REFERENCES factura_compra (id),
  importe NUMERIC(15,2) NOT NULL
);

CREATE TABLE orden_pago_medio (
  id INTEGER PRIMARY KEY,
  orden_pago_id BIGINT NOT NULL REFERENCES orden_pago (id) ON DELETE CASCADE,
  medio VARCHAR(20) NOT NULL REFERENCES medio_pago (codigo),  -- cheque transferencia efectivo
  banco VARCHAR(60),
  cuenta VARCHAR(30),
  numero VARCHAR(30),                         -- del cheque o de la transferencia
  fecha_pago DATE NOT NULL,                   -- del cheque diferido
  beneficiario VARCHAR(80) NOT NULL,
  importe NUMERIC(15,2) NOT NULL
);

CREATE TABLE orden_pago_retencion (
  id INTEGER PRIMARY KEY,
  orden_pago_id BIGINT NOT NULL REFERENCES orden_pago (id) ON DELETE CASCADE,
  comprobante VARCHAR(20) NOT NULL,
  concepto VARCHAR(40) NOT NULL,              -- Retención IVA 30 %
  base NUMERIC(15,2) NOT NULL,
  porcentaje NUMERIC(5,2) NOT NULL,
  importe NUMERIC(15,2) NOT NULL
);

-- Presupuestos y ventas -----------------------------------------------------

CREATE TABLE presupuesto (
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) UNIQUE,                  -- vacío hasta que se emite
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  cliente_id BIGINT NOT NULL REFERENCES cliente (id),
  vendedor VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  fecha DATE NOT NULL,
  validez DATE NOT NULL,                      -- último día en que vale
  condicion VARCHAR(40) NOT NULL,
  moneda VARCHAR(3) NOT NULL DEFAULT 'PYG',
  estado VARCHAR(12) NOT NULL,                -- borrador emitido aceptado vencido
  observacion VARCHAR(500),
  gravada_10 BIGINT NOT NULL DEFAULT 0,
  gravada_5 BIGINT NOT NULL DEFAULT 0,
  exenta BIGINT NOT NULL DEFAULT 0,
  iva_10 BIGINT NOT NULL DEFAULT 0,
  iva_5 BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  creado_por VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  creado_en TIMESTAMP NOT NULL,
  emitido_en TIMESTAMP,
  aceptado_en TIMESTAMP,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE presupuesto_linea (
  id INTEGER PRIMARY KEY,
  presupuesto_id BIGINT NOT NULL REFERENCES presupuesto (id) ON DELETE CASCADE,
  renglon SMALLINT NOT NULL,
  producto_id BIGINT NOT NULL REFERENCES producto (id),
  descripcion VARCHAR(80) NOT NULL,
  cantidad NUMERIC(14,3) NOT NULL,
  unidad VARCHAR(4) NOT NULL,
  precio BIGINT NOT NULL,
  iva SMALLINT NOT NULL,
  total BIGINT NOT NULL
);

CREATE TABLE vehiculo (
  id INTEGER PRIMARY KEY,
  cliente_id BIGINT NOT NULL REFERENCES cliente (id) ON DELETE CASCADE,
  marca VARCHAR(30) NOT NULL,
  modelo VARCHAR(40) NOT NULL,
  anio SMALLINT NOT NULL,
  chapa VARCHAR(10) NOT NULL UNIQUE,
  producto_id BIGINT NOT NULL REFERENCES producto (id),   -- el combustible que usa
  chofer VARCHAR(80) NOT NULL,
  chofer_email VARCHAR(120),
  chofer_telefono VARCHAR(30),
  limite_litros NUMERIC(10,2),                -- por mes; vacío: sin límite
  odometro BIGINT,
  vence_inspeccion DATE,
  activo SMALLINT NOT NULL DEFAULT 1,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE surtidor (
  id INTEGER PRIMARY KEY,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  numero SMALLINT NOT NULL,
  producto_id BIGINT NOT NULL REFERENCES producto (id)
);

CREATE TABLE caja (
  id INTEGER PRIMARY KEY,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  nombre VARCHAR(30) NOT NULL                 -- Caja 1
);

CREATE TABLE ventas_cierre (                  -- el resumen de ventas de un día en una sucursal
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) UNIQUE,                  -- vacío hasta que se cierra
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  fecha DATE NOT NULL,
  estado VARCHAR(12) NOT NULL,                -- abierto cerrado
  cantidad BIGINT NOT NULL DEFAULT 0,         -- facturas
  contado BIGINT NOT NULL DEFAULT 0,
  credito BIGINT NOT NULL DEFAULT 0,
  gravada_10 BIGINT NOT NULL DEFAULT 0,
  gravada_5 BIGINT NOT NULL DEFAULT 0,
  exenta BIGINT NOT NULL DEFAULT 0,
  iva_10 BIGINT NOT NULL DEFAULT 0,
  iva_5 BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  litros NUMERIC(14,3) NOT NULL DEFAULT 0,
  observacion VARCHAR(500),
  cerrado_por VARCHAR(20) REFERENCES usuario (codigo),
  cerrado_en TIMESTAMP,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE ventas_cierre_rubro (
  id INTEGER PRIMARY KEY,
  ventas_cierre_id BIGINT NOT NULL REFERENCES ventas_cierre (id) ON DELETE CASCADE,
  rubro_id BIGINT NOT NULL REFERENCES rubro (id),
  cantidad NUMERIC(14,3) NOT NULL,
  total BIGINT NOT NULL
);

CREATE TABLE ventas_cierre_combustible (
  id INTEGER PRIMARY KEY,
  ventas_cierre_id BIGINT NOT NULL REFERENCES ventas_cierre (id) ON DELETE CASCADE,
  producto_id BIGINT NOT NULL REFERENCES producto (id),
  litros NUMERIC(14,3) NOT NULL,
  total BIGINT NOT NULL
);

CREATE TABLE ventas_cierre_medio (
  id INTEGER PRIMARY KEY,
  ventas_cierre_id BIGINT NOT NULL REFERENCES ventas_cierre (id) ON DELETE CASCADE,
  medio VARCHAR(20) NOT NULL REFERENCES medio_pago (codigo),
  importe BIGINT NOT NULL
);

CREATE TABLE caja_cierre (                    -- un turno de un cajero en una caja, de la apertura al cierre
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) UNIQUE,                  -- vacío hasta que se cierra
  caja_id BIGINT NOT NULL REFERENCES caja (id),
  cajero VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  turno VARCHAR(10) NOT NULL,                 -- mañana tarde noche
  fecha DATE NOT NULL,
  estado VARCHAR(12) NOT NULL,                -- abierta cerrada
  apertura BIGINT NOT NULL,                   -- efectivo con que se abre
  ingresos BIGINT NOT NULL DEFAULT 0,
  egresos BIGINT NOT NULL DEFAULT 0,
  esperado BIGINT NOT NULL DEFAULT 0,         -- apertura + ingresos - egresos
  contado BIGINT NOT NULL DEFAULT 0,
  diferencia BIGINT NOT NULL DEFAULT 0,       -- contado - esperado
  ventas_cierre_id BIGINT REFERENCES ventas_cierre (id),
  observacion VARCHAR(500),
  abierta_en TIMESTAMP NOT NULL,
  cerrada_en TIMESTAMP,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE caja_movimiento (
  id INTEGER PRIMARY KEY,
  caja_cierre_id BIGINT NOT NULL REFERENCES caja_cierre (id),
  cuando TIMESTAMP NOT NULL,
  tipo VARCHAR(10) NOT NULL,                  -- ingreso egreso
  concepto VARCHAR(20) NOT NULL,              -- venta cobro gasto retiro
  medio VARCHAR(20) NOT NULL REFERENCES medio_pago (codigo),
  importe BIGINT NOT NULL,
  detalle VARCHAR(120) NOT NULL,
  usuario VARCHAR(20) NOT NULL REFERENCES usuario (codigo)
);

CREATE TABLE caja_cierre_medio (
  id INTEGER PRIMARY KEY,
  caja_cierre_id BIGINT NOT NULL REFERENCES caja_cierre (id) ON DELETE CASCADE,
  medio VARCHAR(20) NOT NULL REFERENCES medio_pago (codigo),
  esperado BIGINT NOT NULL,
  contado BIGINT NOT NULL,
  diferencia BIGINT NOT NULL
);

CREATE TABLE venta (
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) NOT NULL UNIQUE,         -- factura 001-001-0001234
  timbrado VARCHAR(8) NOT NULL,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  caja_cierre_id BIGINT NOT NULL REFERENCES caja_cierre (id),
  ventas_cierre_id BIGINT REFERENCES ventas_cierre (id),
  presupuesto_id BIGINT REFERENCES presupuesto (id),
  cliente_id BIGINT REFERENCES cliente (id),  -- vacío: consumidor final
  cajero VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  fecha DATE NOT NULL,
  hora TIMESTAMP NOT NULL,                    -- fecha y hora
  condicion VARCHAR(10) NOT NULL,             -- contado credito
  vencimiento DATE,
  estado VARCHAR(12) NOT NULL,                -- emitida anulada
  gravada_10 BIGINT NOT NULL DEFAULT 0,
  gravada_5 BIGINT NOT NULL DEFAULT 0,
  exenta BIGINT NOT NULL DEFAULT 0,
  iva_10 BIGINT NOT NULL DEFAULT 0,
  iva_5 BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  saldo BIGINT NOT NULL DEFAULT 0,            -- lo que falta cobrar
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE venta_linea (
  id INTEGER PRIMARY KEY,
  venta_id BIGINT NOT NULL REFERENCES venta (id) ON DELETE CASCADE,
  renglon SMALLINT NOT NULL,
  producto_id BIGINT NOT NULL REFERENCES producto (id),
  descripcion VARCHAR(80) NOT NULL,
  cantidad NUMERIC(14,3) NOT NULL,
  unidad VARCHAR(4) NOT NULL,
  precio BIGINT NOT NULL,
  iva SMALLINT NOT NULL,
  total BIGINT NOT NULL,
  costo BIGINT NOT NULL DEFAULT 0             -- por unidad, con IVA, al momento de vender
);

CREATE TABLE venta_pago (
  id INTEGER PRIMARY KEY,
  venta_id BIGINT NOT NULL REFERENCES venta (id) ON DELETE CASCADE,
  medio VARCHAR(20) NOT NULL REFERENCES medio_pago (codigo),
  importe BIGINT NOT NULL
);

CREATE TABLE venta_combustible (              -- una carga; con vehículo si el cliente lo controla
  id INTEGER PRIMARY KEY,
  venta_id BIGINT NOT NULL REFERENCES venta (id) ON DELETE CASCADE,
  vehiculo_id BIGINT REFERENCES vehiculo (id),
  surtidor_id BIGINT NOT NULL REFERENCES surtidor (id),
  producto_id BIGINT NOT NULL REFERENCES producto (id),
  litros NUMERIC(10,3) NOT NULL,
  precio BIGINT NOT NULL,
  importe BIGINT NOT NULL,
  odometro BIGINT,
  chofer VARCHAR(80),
  hora TIMESTAMP NOT NULL,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo)
);

CREATE TABLE cobro (
  id INTEGER PRIMARY KEY,
  numero VARCHAR(20) UNIQUE,                  -- recibo de dinero; vacío hasta que se emite
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  caja_cierre_id BIGINT NOT NULL REFERENCES caja_cierre (id),
  cliente_id BIGINT NOT NULL REFERENCES cliente (id),
  fecha DATE NOT NULL,
  estado VARCHAR(12) NOT NULL,                -- borrador emitido anulado
  total BIGINT NOT NULL DEFAULT 0,
  aplicado BIGINT NOT NULL DEFAULT 0,
  anticipo BIGINT NOT NULL DEFAULT 0,         -- total menos aplicado
  observacion VARCHAR(500),
  creado_por VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  creado_en TIMESTAMP NOT NULL,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE cobro_medio (
  id INTEGER PRIMARY KEY,
  cobro_id BIGINT NOT NULL REFERENCES cobro (id) ON DELETE CASCADE,
  medio VARCHAR(20) NOT NULL REFERENCES medio_pago (codigo),
  banco VARCHAR(60),
  numero VARCHAR(30),
  importe BIGINT NOT NULL
);

CREATE TABLE cobro_aplicado (
  id INTEGER PRIMARY KEY,
  cobro_id BIGINT NOT NULL REFERENCES cobro (id) ON DELETE CASCADE,
  venta_id BIGINT NOT NULL REFERENCES venta (id),
  importe BIGINT NOT NULL,
  saldo BIGINT NOT NULL                       -- lo que queda de la factura después
);

-- Contabilidad --------------------------------------------------------------

CREATE TABLE gasto (
  id INTEGER PRIMARY KEY,
  fecha DATE NOT NULL,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  cuenta_id BIGINT NOT NULL REFERENCES cuenta (id),
  proveedor_id BIGINT REFERENCES proveedor (id),
  factura_compra_id BIGINT REFERENCES factura_compra (id),
  descripcion VARCHAR(120) NOT NULL,
  comprobante VARCHAR(30),
  neto BIGINT NOT NULL,                       -- sin IVA: lo que va al resultado
  iva BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL,
  creado_por VARCHAR(20) NOT NULL REFERENCES usuario (codigo),
  creado_en TIMESTAMP NOT NULL,
  modificado_por VARCHAR(20) REFERENCES usuario (codigo),
  modificado_en TIMESTAMP
);

CREATE TABLE asiento (                        -- lo hace el sistema: un cierre de ventas, un gasto, un resumen
  id INTEGER PRIMARY KEY,
  fecha DATE NOT NULL,
  sucursal_id BIGINT NOT NULL REFERENCES sucursal (id),
  origen VARCHAR(12) NOT NULL,                -- ventas gasto resumen
  concepto VARCHAR(120) NOT NULL
);

CREATE TABLE asiento_linea (
  id INTEGER PRIMARY KEY,
  asiento_id BIGINT NOT NULL REFERENCES asiento (id) ON DELETE CASCADE,
  cuenta_id BIGINT NOT NULL REFERENCES cuenta (id),
  debe BIGINT NOT NULL,
  haber BIGINT NOT NULL
);

CREATE VIEW libro_mayor AS
SELECT l.id, a.fecha, a.sucursal_id, s.nombre AS sucursal, c.codigo AS cuenta, c.nombre AS nombre_cuenta, c.tipo,
       a.origen, a.concepto, l.debe, l.haber
FROM asiento_linea l
JOIN asiento a ON a.id = l.asiento_id
JOIN cuenta c ON c.id = l.cuenta_id
JOIN sucursal s ON s.id = a.sucursal_id;

CREATE VIEW movimiento_existencia AS          -- el combustible comprado entra por el tanque, no por la orden
SELECT v.hora AS cuando, v.sucursal_id, l.producto_id, 'venta' AS tipo, v.numero AS documento,
       -l.cantidad AS cantidad, v.cajero AS usuario
FROM venta_linea l JOIN venta v ON v.id = l.venta_id
WHERE v.estado = 'emitida'
UNION ALL
SELECT o.recibido_en, o.sucursal_id, l.producto_id, 'compra', o.numero, l.cantidad, o.modificado_por
FROM orden_compra_linea l
JOIN orden_compra o ON o.id = l.orden_compra_id
JOIN producto p ON p.id = l.producto_id
WHERE o.estado = 'recibida' AND p.es_combustible = 0
UNION ALL
SELECT r.cuando, t.sucursal_id, t.producto_id, 'descarga', r.remision, r.litros, r.usuario
FROM recepcion_combustible r JOIN tanque t ON t.id = r.tanque_id
UNION ALL
SELECT a.cuando, a.sucursal_id, a.producto_id, a.motivo, '', a.cantidad, a.usuario
FROM ajuste_existencia a;

CREATE INDEX proveedor_contacto_de ON proveedor_contacto (proveedor_id);
CREATE INDEX cliente_contacto_de ON cliente_contacto (cliente_id);
CREATE INDEX vehiculo_de ON vehiculo (cliente_id);
CREATE INDEX orden_compra_linea_de ON orden_compra_linea (orden_compra_id);
CREATE INDEX presupuesto_linea_de ON presupuesto_linea (presupuesto_id);
CREATE INDEX factura_compra_de ON factura_compra (proveedor_id, estado);
CREATE INDEX orden_pago_factura_de ON orden_pago_factura (orden_pago_id);
CREATE INDEX orden_pago_medio_de ON orden_pago_medio (orden_pago_id);
CREATE INDEX orden_pago_retencion_de ON orden_pago_retencion (orden_pago_id);
CREATE INDEX venta_dia ON venta (sucursal_id, fecha);
CREATE INDEX venta_cliente ON venta (cliente_id);
CREATE INDEX venta_turno ON venta (caja_cierre_id);
CREATE INDEX venta_linea_de ON venta_linea (venta_id);
CREATE INDEX venta_pago_de ON venta_pago (venta_id);
CREATE INDEX venta_combustible_de ON venta_combustible (venta_id);
CREATE INDEX venta_combustible_vehiculo ON venta_combustible (vehiculo_id);
CREATE INDEX caja_movimiento_de ON caja_movimiento (caja_cierre_id);
CREATE INDEX caja_cierre_medio_de ON caja_cierre_medio (caja_cierre_id);
CREATE INDEX ventas_cierre_rubro_de ON ventas_cierre_rubro (ventas_cierre_id);
CREATE INDEX ventas_cierre_combustible_de ON ventas_cierre_combustible (ventas_cierre_id);
CREATE INDEX ventas_cierre_medio_de ON ventas_cierre_medio (ventas_cierre_id);
CREATE INDEX cobro_medio_de ON cobro_medio (cobro_id);
CREATE INDEX cobro_aplicado_de ON cobro_aplicado (cobro_id);
CREATE INDEX asiento_dia ON asiento (fecha, sucursal_id);
CREATE INDEX asiento_linea_de ON asiento_linea (asiento_id);
CREATE INDEX gasto_dia ON gasto (fecha);
CREATE INDEX recepcion_combustible_de ON recepcion_combustible (tanque_id, fecha);
CREATE INDEX ajuste_existencia_de ON ajuste_existencia (producto_id);
